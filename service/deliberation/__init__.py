"""Committee sessions: attendance, quorum, presentations, ranking, votes, minutes, awards.

    session:       convened --open--> open --hand_out--> presenting --tally--> tallied --announce--> announced
                   --close_minutes--> closed --complete_signatures--> signed --publish--> published
                   tallied --reopen--> presenting   (something was still pending)
    presentation:  waiting --call--> called --defend--> defended --score--> scored

A session is convened with a gap-free number per office and year, for some contests. Opening needs the quorum of the session: more
than half of the appointed members, the chair among them. Tallying runs the judge over what is locked: each run is immutable and
carries the hash of its inputs; a provisional one can never be announced. Closing the minutes freezes their data; each member
present signs; with the last signature the awards are made, within reserved money, and the outcomes are written into the
applications.

Votes are recorded between the tally and the close of the minutes: a motion has ballots, of which the last counts, and a ballot has one
vote of each member present who is not recused. The majority is set before the tally, or is more than half of the votes cast. Beside an
announced result, which never changes, a carried vote adjusts an amount or defers an application; such an act stands as long as its
motion is carried, and the awards follow it.

The order of presentations is by filing, or drawn once while the session is open, by a seed that the room gives. The *wall* shows everybody
whose turn it is and, once announced, the result; a *result sheet* tells an applicant where its points were lost.
"""
