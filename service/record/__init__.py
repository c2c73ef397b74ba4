"""The append-only record: who did what, as salted hashes in a tree whose signed head leaves the building (docs/record.md).

Every act leaves a *leaf* in the transaction of its effect. The leaf names the act, its subject (``kind:id``), the person, as what they
acted, the sign-in or key, both times, and the salted hash of the canonical payload; ``leaf_hash`` is the RFC 9162 2.1 leaf hash of the
leaf's canonical JSON. Payload and salt lie beside it, so that a person's data can be erased without breaking a proof.

    leaf:  waiting --sequence--> placed --sign--> under a head --deliver--> seen by a witness
    payload:  kept --request, approve (two persons)--> erased

``usecases`` appends; ``sequencer`` gives places; ``tree`` is the pure tree; ``note`` the signed text; ``heads`` signs and proves;
``witnesses`` and ``delivery`` bring heads out; ``receipts`` finds an act by its code; ``erasure`` empties payloads; ``export`` writes files.
"""
