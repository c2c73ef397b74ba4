"""How other programs speak with Raymi. For now: idempotency keys, so that a request sent twice has one effect.

A key is a cache of an answer, stored in the transaction of the effect and kept 30 days; money acts also have permanent business
references of their own.
"""
