"""What a group owes from earlier contracts, where the decision on its next application is made."""

from uuid import uuid4

import httpx

from api.deps import COOKIE
from service.core.db import Sessions, transaction
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.contracts import make_contract_in_force
from tests.make.disbursements import pay_first

API = "/api/v1"


async def test_who_decides_on_eligibility_sees_what_a_group_still_owes(
    api_sessions: Sessions,
    cast: Cast,
    transport: httpx.ASGITransport,
    tokens: dict[str, str],
    stranger: Client,
    signed_in: SignedIn,
) -> None:
    async with transaction(api_sessions) as session:
        contract = await make_contract_in_force(session, cast)
        await pay_first(session, cast, contract)
    place = f"{API}/groups/{contract.group_id}/standing"
    async with signed_in("secretary") as secretary:
        found = (await secretary.get(place)).json()
        unknown = await secretary.get(f"{API}/groups/{uuid4()}/standing")
    cookies, headers = {COOKIE: tokens["secretary"]}, {"accept-language": "es"}
    async with Client(transport=transport, base_url="http://raymi.test", cookies=cookies, headers=headers) as client:
        page = await client.get(f"/applications/{contract.application_id}")
    owed = {
        "number": contract.number,
        "amount": "10000.05",
        "unpaid": "3000.01",
        "unaccounted": "7000.04",
        "status": "in_force",
    }
    assert [{name: row[name] for name in owed} for row in found] == [owed]
    assert unknown.status_code == 404
    assert (await stranger.get(place)).status_code == 401
    assert ["Por rendir" in page.text, "7,000.04" in page.text] == [True, True]
