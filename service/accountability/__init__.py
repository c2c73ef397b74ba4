"""How groups account for what they received: expense reports, second requests, liquidation.

    report:  submitted --decide--> decided          (every line decided: accepted, accepted in part, observed)

An accepted amount charged to the fund moves ``contract:<id>:disbursed`` -> ``contract:<id>:accounted``; one charged to the own share
moves ``contract:<id>:own_deposited`` -> ``contract:<id>:own_accounted``. The same receipt enters once. The second tranche's gate is
read from those balances; a second request that the committee did not approve may be repeated. A refund moves
``contract:<id>:disbursed`` -> ``fund:<id>:available``. Liquidation states disbursed, executed and balance for both sides, lets fall
back what the committee did not award, and closes the contract.
"""
