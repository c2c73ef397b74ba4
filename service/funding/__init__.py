"""Funds, cofunders, pledges, deposits and reservations: money promised, money received, money set aside.

A *fund* pays for contests. A *cofunder*'s pledge is a promise until another person than who declared it enters its certificate, and
money only when it is deposited (or delivered, in kind). An award is final only on *reserved* money.

    pledge:       declared --certify--> certified --deposit--> deposited   (cash)
                                        certified --deliver--> delivered   (in kind)
                  declared | certified --default--> defaulted
    reservation:  held --commit--> committed ;  held | committed --release--> released

Ledger, each step one entry that can be posted once:

    deposit:<id>            fund:<id>:received  -> fund:<id>:available     (received counts what came, so it is negative)
    reservation:<subject>   fund:<id>:available -> fund:<id>:reserved
    commitment:<subject>    fund:<id>:reserved  -> contract:<id>:committed, or payout:<id>:payable for prizes
    release:<subject>       where it stands     -> fund:<id>:available
    delivery:<pledge>       fund:<id>:promised_in_kind -> fund:<id>:in_kind (value of goods and work: it pays for no award)

``cofunding`` reads what one cofunder gave, for who signs for it today.
"""
