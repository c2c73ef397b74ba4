"""Accounts, journal entries and postings. Knows amounts and opaque account keys, nothing of contests.

An account key is ``owner:purpose``, the owner being an opaque ``kind:id`` (``fund:<id>:available``, ``contract:<id>:accounted``).
An entry has a permanent business reference, so that the same business act cannot be posted twice, and two or more postings whose
sum is zero: checked here and by a deferred constraint trigger. A balance is a sum of postings and never stored. Accounts made
with a *floor* cannot fall below zero.
"""
