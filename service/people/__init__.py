"""Persons, the offices they work in, how they sign in; groups with their boards, rolls and accounts; committees.

A *person* is one identity across all roles; a DNI may be missing (a task, not a closed door). A *group* has a board by mandates
with dates, a roll of families, and at most one confirmed beneficiary account: a changed account waits until a second officer
confirms it. A *committee* (LRAC) has members appointed for a term, and one chair at a time. Terms and mandates include both their
days; a role is gone from the day on which it ends.

    account:  pending --confirm--> confirmed ;  pending --refuse--> refused ;  confirmed --replace--> replaced

``usecases`` has persons, offices, roles and committees; ``signing_in`` passwords and tokens; ``group_usecases`` groups, boards and
rolls; ``account_usecases`` accounts. Nothing here is ever deleted.
"""
