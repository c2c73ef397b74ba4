"""Donation contracts with charge (*contrato de donación sujeto a cargo*): numbering, clauses, signatures, closure.

    draft --number--> numbered --sign_group--> signed_by_group --sign_head--> in_force --report--> reported
    --liquidate--> liquidated --complete--> completed --write_off--> written_off
    numbered | signed_by_group --annul--> annulled ;  in_force --suspend--> suspended --resume--> in_force
    in_force | suspended --terminate--> terminated

Numbering copies everything the contract rests on (award, group, board, account, rule book, amounts, budget) into an immutable row
with its hash, under a gap-free number per office, year and type. Ink signatures are bound by the SHA-256 of the scan: one officer
registers the scan, another confirms it against the paper.

Ledger: numbering moves ``fund:<id>:reserved`` -> ``contract:<id>:committed``; coming into force moves it on to
``contract:<id>:payable`` (entry ``contract:<id>:signed``); annulment moves what is committed back to ``fund:<id>:available``.
"""
