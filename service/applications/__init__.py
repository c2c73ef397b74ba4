"""Proposals and their presentations to contests: papers, eligibility, corrections, tries.

A *proposal* is a group's plan across all its tries; an *application* is one presentation of it to one contest, by a group or by a
family of the contest's host group. What was asked for is fixed when it is filed; only the status moves.

    draft --file--> filed --return--> returned --file--> filed
    filed --declare_eligible--> eligible ;  filed --declare_ineligible--> ineligible
    draft | filed | returned | eligible --withdraw--> withdrawn
    eligible --approve | reserve | reject | disqualify | defer--> approved | reserve | not_approved | disqualified | deferred

*Attributes* are what rule books ask for besides scores (share of families present, poverty quintile): each value is recorded with
its source, and a later value stands beside the earlier one. The share of families present is counted person by person at the visit
(``scoring.presence`` asks who may, ``/applications/<id>/presence`` is the list), and once closed it is not typed any more:

    check: open --enter | take back--> open --close--> closed ;  closed --reopen, with a reason--> open (the next check)

What somebody files who is not on the group's board waits for the group: a *confirmation* by a code handed to its president and typed
at ``/confirm`` without sign-in, or on signed paper. Until then it is not found eligible. It binds the amounts: corrected ones are
confirmed again. What was filed before the system asked is not asked for; nor are families, nor second requests.

A second-tranche request is filed here by ``accountability`` as an application of request number 2 with its parent.
"""
