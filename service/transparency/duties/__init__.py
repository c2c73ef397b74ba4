"""What there is to do: each duty with the act of the rights table that it leads to, by noun; ``first_page`` puts them together.

shapes        a duty, a section of the first page, a task
in_person     what somebody has to do as juror, member or panelist, whatever the office role
applications  papers, visits, calls
sessions      sessions, rankings to check off, appeals
contracts     drafts, signatures, how a contract goes on
payments      requests, authorisations, orders, bank files, accounts, pledges
data          what people asked about their data, erasures, incidents
"""

from service.transparency.duties.applications import APPLICATIONS
from service.transparency.duties.contracts import CONTRACTS
from service.transparency.duties.data import DATA
from service.transparency.duties.in_person import IN_PERSON
from service.transparency.duties.payments import PAYMENTS
from service.transparency.duties.sessions import SESSIONS

DUTIES = (*IN_PERSON, *SESSIONS, *CONTRACTS, *PAYMENTS, *APPLICATIONS, *DATA)
"""Every duty that a query finds, in the order of a section."""

__all__ = ["DUTIES"]
