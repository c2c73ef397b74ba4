"""Funds, cofunders, pledges, deposits and reservations: money promised, money received, money set aside.

A *fund* pays for contests. A *cofunder*'s pledge is a promise until it is certified, and money only when it is deposited (or
delivered, in kind). An award is final only on *reserved* money.

    pledge:       declared --certify--> certified --deposit--> deposited | --deliver--> delivered ;  any of the first two --default--> defaulted
    reservation:  held --commit--> committed ;  held --release--> released ;  committed --release--> released

Ledger: ``fund:<id>:received`` (what came, negative) -> ``fund:<id>:available`` -> ``fund:<id>:reserved`` -> ``contract:<id>:committed``
(or, for prizes, ``fund:<id>:prizes`` ...). In-kind value: ``fund:<id>:promised_in_kind`` -> ``fund:<id>:in_kind``.
"""
