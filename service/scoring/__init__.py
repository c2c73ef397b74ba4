"""Seats, declared conflicts and recusals, recorded absences, scoring windows, locked sheets, and the judge.

A juror with a *seat* in a stage scores every application on a *sheet*, unless *recused* from it or recorded *absent*; a sheet is
drafted, then locked for good, and a correction is a new sheet that supersedes it. No total is stored: the judge computes them.

Who is on the *panel* of an application in a stage is said in one place, the database's ``panel_at(moment)``,
and ``panel`` as it is now: every seat of the stage, unless the
stage is *divided*. Then an application has the jurors *assigned* to it: N each, those with the fewest sheets first, nobody tied to
the applicant or of its district. An *alternate*'s seat counts where the alternate stands in for a juror recused or recorded absent,
who is off that panel then. Assignments are added and ended, never changed, and end no more once the juror's sheet is locked. Who has
a seat and is off a panel sees, scores and counts there for nothing; the published bundle, which knows no assignments, lists it among
the recusals (``origin`` says why). A recusal there covers every stage, so whoever may be off a panel has one seat in the contest.

The judge is pure: a *bundle* (rule book and rows, from a folder or the database) becomes a *result*, or is refused by name.
Anyone can do the same from the published files; the format is ``docs/bundle.md``. The rule book, its written forms and the named
refusals are read in ``contests``.

    window:   never --open--> open --close--> closed --reopen--> open
    paper:    printed --type--> typed once --agree--> locked; typed once --differ--> differed --type--> typed once
    calibration: open --send, close--> closed; closes with the last sheet (``/contests/<id>/calibration``)
    sheet:    (draft) --lock--> locked --supersede--> a further locked sheet; only the newest counts

    panels, recusals, sheets, queries, gather   what is done with seats, conflicts and sheets; from the database to a bundle
    presence   who is at the visit: the door to ``applications.presence``, for jurors of the field stage and the office
    calibration, calibration_rules, calibration_models, calibration_store   two files of nobody, scored before the scoring
    divisions, assignments, assigning, assign_store, panel_models   who scores what where not everybody scores everything; alternates
    paper_sheets, paper_rules, paper_models, paper_store, paper_data   sheets on paper, with check digits, typed in by two people
    invented, rehearsals   trying rules before they are published
    bundle, checks   the rows, and what must hold of them
    aggregation, ranking, awarding, result, judge   from checked rows to the result
    sensitivity, nudges, agreement, equal_shares, analysis   what a result hangs on, and how far the jurors agree: pure as well
"""
