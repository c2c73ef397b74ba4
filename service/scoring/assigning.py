"""Dividing the applications of a stage among its jurors: who scores what, and what is refused. Pure."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from service.core.errors import Conflict, Rejected
from service.scoring.conflicts import Pair

ABSENT = "absent"
"""Why an alternate stands in, where the juror is not ``recused``."""


class SitsElsewhere(Conflict):
    """A recusal in the published bundle covers every stage, so who is out of one by assignment can have no other."""

    message = (
        "{jurors}: with a seat in another stage of this contest too. Who scores only some applications of a stage has no other "
        "seat: let other members sit in the other stage, or leave the stage undivided and without alternates."
    )


class StageScored(Conflict):
    """Sheets of the stage are locked, so everybody in it scores everything."""

    message = (
        "Sheets of this stage are locked already, so it is not divided any more. Every juror of it scores every application."
    )


class StageNotDivided(Conflict):
    """Every juror of the stage scores every application of it."""

    message = "Every juror of this stage scores all of it. Divide the stage first, then single assignments can be added."


class TooFewJurors(Conflict):
    """Some applications have fewer jurors who may score them than are wanted."""

    message = (
        "Too few jurors may score {applications}: the others are recused, tied to the applicant or of its district. "
        "Ask for fewer jurors to each application, or seat more of them."
    )


class PlanChanged(Conflict):
    """Something that the plan rests on changed after it was looked at."""

    message = "The panel or the applications changed since you looked at this plan. Look at the new one, then confirm it."


class NothingToAssign(Conflict):
    """Every application has its jurors."""

    message = "Every application of this stage has that many jurors already. Add or end single assignments where needed."


class AlreadyAssigned(Conflict):
    """The juror has the application already."""

    message = "This juror already scores this application. Choose another one."


class TiedToApplicant(Conflict):
    """The juror is of the applicant's group or district, or otherwise tied to it."""

    message = "This juror cannot score this application: {reasons}. Choose another juror."


class IsAlternate(Rejected):
    """An alternate scores only in place of somebody."""

    message = "This person is an alternate, who only scores in place of somebody. Call the alternate in instead."


class NotAnAlternate(Rejected):
    """Only alternates are called in."""

    message = "This person has no seat as an alternate in this stage. Choose one of its alternates."


class NobodyToReplace(Conflict):
    """The juror is neither recused nor recorded absent, or somebody stands in already, or the alternate is out too."""

    message = (
        "There is no application on which this alternate can stand in for this juror: the juror has to be recused or recorded "
        "absent there, without a stand-in, and the alternate free of conflicts and not in use there already."
    )


class AssignmentEnded(Conflict):
    """An assignment ends once."""

    message = "This assignment has ended already. Reload the page."


def divide(
    applications: Sequence[UUID],
    jurors: Sequence[UUID],
    each: int,
    *,
    barred: Collection[Pair],
    assigned: Collection[Pair] = (),
) -> tuple[list[Pair], list[UUID]]:
    """Who is to score what beside those ``assigned``, so that each application has ``each`` jurors; and where too few may.

    Applications with the fewest jurors to choose from come first, then in the given order; each goes to those with the fewest
    sheets, then in the given order. So the numbers of sheets differ by at most one where nobody is barred. An assigned juror who
    is barred since counts for nothing.
    """
    taken = {*barred, *assigned}
    standing = set(assigned) - set(barred)
    load = {juror: sum(pair[1] == juror for pair in standing) for juror in jurors}
    open_to = {application: [juror for juror in jurors if (application, juror) not in taken] for application in applications}
    planned: list[Pair] = []
    short: list[UUID] = []
    for application in sorted(applications, key=lambda one: len(open_to[one])):
        wanted = each - sum((application, juror) in standing for juror in jurors)
        chosen = sorted(open_to[application], key=lambda juror: load[juror])[: max(wanted, 0)]
        if len(chosen) < wanted:
            short.append(application)
        for juror in chosen:
            load[juror] += 1
            planned.append((application, juror))
    return planned, short


def require_one_seat(stages_of: Mapping[str, Collection[str]]) -> None:
    """By short name, the stages that each juror sits in: one. Raises ``SitsElsewhere``."""
    several = sorted(juror for juror, stages in stages_of.items() if len(set(stages)) > 1)
    if several:
        raise SitsElsewhere(jurors=tuple(several))
