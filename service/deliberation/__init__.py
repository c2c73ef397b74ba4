"""Committee sessions: attendance, quorum, presentations, ranking, votes, minutes, awards, appeals.

    session:       convened --open--> open --hand_out--> presenting --tally--> tallied --announce--> announced
                   --close_minutes--> closed --complete_signatures--> signed --publish--> published
                   tallied --reopen--> presenting   (something was still pending)
    presentation:  waiting --call--> called --defend--> defended --score--> scored ;  called or defended --take back--> a step before
    appeal:        filed --withdraw--> withdrawn; filed --name_panel--> heard --reject--> rejected
                   heard --uphold--> upheld --carry_out--> carried_out

A session is convened with a gap-free number per office and year, for some contests. Opening needs the quorum of the session: more
than half of the appointed members, the chair among them. Tallying runs the judge over what is locked: each run is immutable and
carries the hash of its inputs; a provisional one can never be announced. Closing the minutes freezes their data; each member
present signs; with the last signature the awards are made, within reserved money, and the outcomes are written into the
applications.

Before a run is announced a second person judges anew and *checks it off*: never who ran it, nor a juror of the contest. An
*announcement* belongs to a run; the announced result of a contest is that of its newest announcement, and the earlier ones are kept.

Votes are recorded between the tally and the close of the minutes: a motion has ballots, of which the last counts, and a ballot has one
vote of each member present who is not recused. The majority is set before the tally, or is more than half of the votes cast. Beside an
announced result a carried vote adjusts an amount or defers an application; such an act stands as long as its motion is carried, and
the awards follow it.

The applicant's own people, or the office for them, *appeal* an announced result until the end of the last day that the terms give,
counted from the announcement that last changed what holds of that applicant. Three persons or more, an odd number, without a part in it, give an opinion each, and one of the
majority writes the ruling. One that upholds names *remedies*: a juror's sheet, an attribute, a juror out of the item. Nothing else
opens, and each once. Then the contest is ranked again over the applications of the announced result, checked off, and announced:
inside the session by the secretary, and the minutes, which wait for every appeal, hold it; after the minutes by the last signature
under a numbered *resolution*, which takes awards back and makes others. What would bind money waits: for the own appeal, and where
one outcome hangs on others (prizes, a purse, a centred stage) for every appeal and the time to file one.

The order of presentations is by filing, or drawn once while the session is open, by a seed that the room gives. The *wall* shows everybody
whose turn it is and, once announced, the result; a *result sheet* tells an applicant where its points were lost, and how to appeal.
"""
