"""Calls, the contests they announce, and the rules of each contest as data.

A *contest* has one plan type, one request number and one rule book in force. Its rules are edited as a draft; publishing inserts
an immutable *rule book*: the judging rules as one canonical JSON document (format in ``docs/bundle.md``) with its SHA-256, and
the money *terms* (tranche shares, accounting gate, own share, tries, term) with theirs. A call is published with all its contests;
filing is open from its opening to its closing instant. A new version of a rule book needs a reason and is refused once a sheet
is locked.

    call:     draft --publish--> published
    contest:  draft --publish--> published --announce--> announced --decide--> decided

Rules being written are kept even when something is wrong with them, and every fault is shown at its place; publishing refuses them.
They may be *rehearsed* (``service/scoring/rehearsals.py``); what is kept of it is who did it with which hash.

A stage of a rule book may carry a ``heading``: what the maxima of its criteria must sum to. ``templates/`` holds ready rule books
for every type of plan.

    numbers, refusals, fields   the written forms, the named refusals, the JSON of a book read key by key
    criteria, decision, ties, book, bounds   the rule book
    terms, ready_books   the money terms; the ready rule books
    healing, inspection, difference   the live check of rules being written; what changed between two versions
    questions   what a contest asks of whoever applies; fixed with publication (answers are in ``applications``)
    drafts      rules while they are written, kept right or wrong; clones; that they were rehearsed
"""
