"""Tranches, authorisations, payment orders, bank batches and the bank's answers.

The paper trail of a payment, every step by another person than the one before:

    request (office head) -> completeness check (administrator) -> authorisation, numbered NNN-YYYY-OFFICE (programme)
    -> payment order -> bank batch, released (treasurer) -> paid | returned

    request:  requested --check--> checked --authorise--> authorised ;  requested | checked --refuse--> refused
    order:    issued --batch--> batched --pay--> paid | --return--> returned ;  batched --unbatch--> issued
    batch:    prepared --release--> released --answer--> answered ;  prepared --withdraw--> withdrawn

A returned payment is reversed in the ledger and a new order is issued under the same authorisation, to the account confirmed then:
never edited, never paid twice (one live order per authorisation). A prepared batch that must not go out (a contract in it was
suspended meanwhile) is withdrawn, and its orders wait for the next one.

Ledger: ``contract:<id>:payable`` (or ``payout:<id>:payable``) -> ``order:<id>:in_transit`` when the batch is released ->
``contract:<id>:disbursed`` (``payout:<id>:disbursed``) when the bank says paid, entry ``order:<id>:paid``; entry
``order:<id>:returned`` moves it back (to ``fund:<id>:available`` where the contract was terminated meanwhile). Own share: ``contract:<id>:own_received`` -> ``contract:<id>:own_deposited``.
Prizes: ``fund:<id>:reserved`` -> ``payout:<id>:payable``, one posting per prize.
"""
