"""The append-only record: who did what, as a salted hash that can later be proved.

Every act leaves a *leaf* in the transaction of its effect. The leaf names the act, its subject (``kind:id``), the person and the
sign-in, both times, and the salted hash of the canonical payload; ``leaf_hash`` is the RFC 9162 2.1 leaf hash of the leaf's
canonical JSON. Payload and salt lie beside it, so that a person's data can be erased one day without breaking a proof.
"""
