"""Persons, the offices they work in, how they sign in; groups with their boards, rolls and accounts; committees.

A *person* is one identity across all roles; a DNI may be missing (a task, not a closed door). A *group* has a board by mandates
with dates, a roll of families, and at most one confirmed beneficiary account: a changed account waits until a second officer
confirms it. A *committee* (LRAC) has members appointed for a term, and one chair at a time. Terms and mandates include both their
days; a role is gone from the day on which it ends.

A *roll* may come from a file: it waits as a draft with a state per row until exactly what was looked at is entered. What *looks
alike* among groups or persons is shown with its reasons and never merged; a pair may be marked as not the same, once and for good.

A group's *code*, on paper from its office or board, opens the page of where the group stands without an account; the newest is good for
a year.

    account:  pending --confirm--> confirmed ;  pending --refuse--> refused ;  confirmed --replace--> replaced

``usecases`` has persons, offices, roles and committees; ``signing_in`` passwords and tokens; ``group_usecases`` groups, boards and
rolls; ``account_usecases`` accounts; ``group_codes`` codes; ``roll_usecases`` rolls from files; ``lookalike_usecases`` what may be registered twice. Nothing here
is ever deleted but drafts of rolls.
"""
