from decimal import Decimal
from tests.make import people as make
from tests.make import funding as mf
from service.funding import usecases
async def test_smoke(session, cast):
    f = await mf.make_fund(session, cast)
    c = await mf.make_cofunder(session, cast)
    await mf.make_deposited_pledge(session, cast, f, c)
    await usecases.reserve(session, cast.programme, f.id, "award:1", Decimal("1.00"))
    await usecases.commit_reservation(session, cast.programme, "award:1", "contract:1")
    await usecases.release_reservation(session, cast.programme, "award:1")
    print(await usecases.fund_balances(session, f.id))
