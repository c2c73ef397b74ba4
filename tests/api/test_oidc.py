"""Signing in with an OpenID Connect provider, against a real one on loopback: whom it lets in, and each thing that must not."""

import json
import re
import time
from html import unescape
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import text

from service.core import settings
from service.core.db import Sessions, transaction
from service.people import oidc, oidc_rules
from service.people.oidc_rules import Identity
from service.people.usecases import actor_for_person
from tests.api.conftest import Client
from tests.api.oidc_room import OWN, RETURN, count, linked, provider, set_out
from tests.cast import Cast
from tests.make.people import recovery_code_of
from tests.make.provider import CLIENT, SECRET, Provider
from tests.traces import acts_on, refused_by_database

__all__ = ["linked", "provider"]


async def test_the_button_is_there_only_where_a_provider_is_set(
    stranger: Client, provider: Provider, tokens: dict[str, str]
) -> None:
    assert "Entrar con ID Municipal" in (await stranger.get("/sign-in")).text
    settings.load.cache_clear()
    with pytest.MonkeyPatch.context() as without:
        without.delenv("RAYMI_OIDC_ISSUER")
        assert "/sign-in/provider" not in (await stranger.get("/sign-in")).text
        cookies = {"raymi_sign_in": tokens["head"]}
        for answer in (
            await stranger.post("/sign-in/provider", headers=OWN),
            await stranger.get(RETURN),
            await stranger.get("/me/identities", cookies=cookies),
        ):
            assert answer.status_code == 404
    settings.load.cache_clear()


async def test_who_has_linked_an_account_signs_in_with_it(
    stranger: Client, provider: Provider, linked: str, cast: Cast, api_sessions: Sessions
) -> None:
    back = provider.let_in(await set_out(stranger), linked)
    answer = await stranger.get(RETURN, params=back)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code?to=/")
    assert "raymi_provider" not in stranger.cookies
    given = {"code": recovery_code_of(cast.mayor), "to": "/"}
    whole = await stranger.post("/sign-in/code", data=given, headers={"sec-fetch-site": "same-origin"})
    assert (whole.status_code, whole.headers["location"]) == (303, "/")
    assert cast.mayor.name in (await stranger.get("/contests")).text
    async with transaction(api_sessions) as session:
        assert (await acts_on(session, f"person:{cast.mayor.person_id}"))[-1] == ("sign_in.begun", cast.mayor.person_id)
    assert provider.asked == ["/.well-known/openid-configuration", "/.well-known/openid-configuration", "/token", "/keys"]


async def test_an_unknown_account_is_refused_and_nothing_is_made(
    stranger: Client, provider: Provider, api_sessions: Sessions
) -> None:
    before = [await count(api_sessions, table) for table in ("person", "sign_in", "oidc_identity", "record_leaf")]
    dni = {"dni": "23000002", "preferred_username": "programme", "email": "pedro@example.pe", "email_verified": True}
    answer = await stranger.get(RETURN, params=provider.let_in(await set_out(stranger), "nobody", **dni))
    assert (answer.status_code, "no es de nadie aquí" in answer.text) == (403, True)
    assert [await count(api_sessions, table) for table in ("person", "sign_in", "oidc_identity", "record_leaf")] == before


async def test_a_token_for_several_that_names_us_is_taken_and_a_clock_may_differ_by_a_minute(
    stranger: Client, provider: Provider, linked: str
) -> None:
    late = int(time.time()) - 30
    several = {"aud": ["another", CLIENT], "azp": CLIENT, "exp": late}
    answer = await stranger.get(RETURN, params=provider.let_in(await set_out(stranger), linked, **several))
    assert answer.status_code == 303


async def test_a_return_works_once(stranger: Client, provider: Provider, linked: str) -> None:
    back, cookies = provider.let_in(await set_out(stranger), linked), dict(stranger.cookies)
    assert (await stranger.get(RETURN, params=back)).status_code == 303
    stranger.cookies.clear()
    stranger.cookies.update(cookies)
    asked = len(provider.asked)
    again = await stranger.get(RETURN, params=back)
    assert (again.status_code, "ya se usó" in again.text, len(provider.asked)) == (403, True, asked)


async def test_a_return_that_failed_is_spent_as_well(stranger: Client, provider: Provider, linked: str) -> None:
    back = provider.let_in(await set_out(stranger), linked)
    provider.answers["/token"] = (503, b"")
    first = await stranger.get(RETURN, params=back)
    assert (first.status_code, "no respondió como debía" in first.text) == (409, True)
    provider.answers.clear()
    assert (await stranger.get(RETURN, params=back)).status_code == 403


async def test_a_code_that_the_provider_has_given_out_before_is_refused(
    stranger: Client, provider: Provider, linked: str
) -> None:
    used = provider.let_in(await set_out(stranger), linked)
    await stranger.get(RETURN, params=used)
    fresh = provider.let_in(await set_out(stranger), linked) | {"code": used["code"]}
    assert (await stranger.get(RETURN, params=fresh)).status_code == 409


async def test_another_browser_cannot_use_a_return_nor_the_first_one_afterwards(
    stranger: Client, transport: httpx.ASGITransport, provider: Provider, linked: str
) -> None:
    back = provider.let_in(await set_out(stranger), linked)
    async with Client(transport=transport, base_url="http://raymi.test") as other:
        await set_out(other)  # it has a cookie of its own
        assert (await other.get(RETURN, params=back)).status_code == 403
    assert (await stranger.get(RETURN, params=back)).status_code == 403


async def test_a_code_of_one_attempt_is_no_use_in_another(stranger: Client, provider: Provider, linked: str) -> None:
    """An attacker's code slipped under a victim's state fails at the verifier and the nonce."""
    theirs = provider.let_in(await set_out(stranger), linked)
    stranger.cookies.clear()
    mine = provider.let_in(await set_out(stranger), linked)
    assert (await stranger.get(RETURN, params=mine | {"code": theirs["code"]})).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [{"iss": "http://evil.example"}, {"code": ""}, {"state": "x"}, {"state": ""}, {"state": "\x00"}, {"code": "\udcff"}],
)
async def test_a_return_with_other_words_is_refused(
    stranger: Client, provider: Provider, linked: str, wrong: dict[str, str]
) -> None:
    back = provider.let_in(await set_out(stranger), linked) | wrong
    answer = await stranger.get(RETURN, params={name: value.encode("utf-8", "surrogatepass") for name, value in back.items()})
    assert answer.status_code == 403


async def test_an_attempt_ends_after_ten_minutes(
    stranger: Client, provider: Provider, linked: str, api_sessions: Sessions
) -> None:
    back = provider.let_in(await set_out(stranger), linked)
    async with transaction(api_sessions) as session:
        await session.execute(text("UPDATE oidc_attempt SET expires_at = expires_at - interval '10 minutes'"))
    assert (await stranger.get(RETURN, params=back)).status_code == 403


@pytest.mark.parametrize("place", ["authorization_endpoint", "token_endpoint", "jwks_uri", "issuer"])
@pytest.mark.parametrize("to", ["http://169.254.169.254/latest", "http://evil.example/x", "file:///etc/passwd", 7])
async def test_a_provider_cannot_send_us_to_another_host(stranger: Client, provider: Provider, place: str, to: object) -> None:
    document = json.loads(provider.discovery()) | {place: to}
    provider.answers["/.well-known/openid-configuration"] = (200, json.dumps(document).encode())
    answer = await stranger.post("/sign-in/provider", headers=OWN)
    assert (answer.status_code, provider.asked) == (409, ["/.well-known/openid-configuration"])


@pytest.mark.parametrize("body", [b"", b"[]", b"nonsense", b'{"keys": 7}', b'{"keys": [7]}', b"[" * 100_000, b"x" * 300_000])
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys", "/token"])
async def test_nonsense_of_a_provider_is_a_named_refusal(
    stranger: Client, provider: Provider, linked: str, path: str, body: bytes
) -> None:
    url = await set_out(stranger)
    provider.answers[path] = (200, body)
    answer = await stranger.get(RETURN, params=provider.let_in(url, linked))
    believable = path == "/keys" and body.startswith(b'{"keys"')  # keys in their form: away is nobody, the token fails at them
    assert answer.status_code == (403 if believable else 409)


@pytest.mark.parametrize(
    ("amr", "counts"),
    [(["mfa"], True), (["pwd", "hwk"], True), (["pwd"], False), ("mfa", False), (None, False), ([7, {}], False)],
)
def test_a_second_factor_counts_only_where_the_settings_name_its_method(amr: object, counts: bool) -> None:
    key = RSAKey.generate_key(2048)
    now = int(time.time())
    known = settings.Oidc("https://id.example.pe", CLIENT, SECRET, "ID", frozenset(), frozenset({"mfa", "hwk"}))
    claims = {"iss": known.issuer, "aud": CLIENT, "sub": "s", "iat": now, "exp": now + 60, "nonce": "n", "amr": amr}
    keys = json.dumps({"keys": [key.as_dict(private=False)]}).encode()
    token = jwt.encode({"alg": "RS256"}, claims, key)
    assert oidc_rules.verify(known, token, keys, "n") == Identity(known.issuer, "s", counts)
    none = settings.Oidc("https://id.example.pe", CLIENT, SECRET, "ID", frozenset(), frozenset())
    assert oidc_rules.verify(none, token, keys, "n").two_factors is False


async def test_a_person_links_and_unlinks_their_own_account_and_no_two_share_one(
    transport: httpx.ASGITransport, provider: Provider, tokens: dict[str, str], cast: Cast, api_sessions: Sessions
) -> None:
    subject = f"head-{uuid4()}"

    async def link(name: str) -> httpx.Response:
        async with Client(
            transport=transport, base_url="http://raymi.test", cookies={"raymi_sign_in": tokens[name]}
        ) as browser:
            begun = await browser.post("/me/identities", data={"_key": uuid4().hex}, headers=OWN)
            found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', begun.text)
            assert found
            return await browser.get(RETURN, params=provider.let_in(unescape(found[1]), subject))

    answer = await link("head")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/identities")
    taken = await link("secretary")
    assert (taken.status_code, "Otra persona vinculó esta cuenta" in taken.text) == (409, True)
    async with Client(transport=transport, base_url="http://raymi.test", cookies={"raymi_sign_in": tokens["head"]}) as browser:
        page = await browser.get("/me/identities")
        found = re.search(r"/me/identities/([0-9a-f-]{36})/ends", page.text)
        assert found and subject in page.text
        async with Client(
            transport=transport, base_url="http://raymi.test", cookies={"raymi_sign_in": tokens["secretary"]}
        ) as other:
            data = {"_key": uuid4().hex}
            assert (await other.post(f"/me/identities/{found[1]}/ends", data=data, headers=OWN)).status_code == 404
            assert subject not in (await other.get("/me/identities")).text
        assert (
            await browser.post(f"/me/identities/{found[1]}/ends", data={"_key": uuid4().hex}, headers=OWN)
        ).status_code == 303
    assert (await link("secretary")).status_code == 303
    async with transaction(api_sessions) as session:
        acts = await acts_on(session, f"person:{cast.head.person_id}")
        assert [act for act, _ in acts if act.startswith("identity.")] == ["identity.linked", "identity.unlinked"]
        back = "UPDATE oidc_identity SET ended_at = NULL WHERE id = :id"
        assert "ends once" in await refused_by_database(session, back, id=UUID(found[1]))
        move = "UPDATE oidc_identity SET person_id = person_id WHERE id = :id"
        assert "permission denied" in await refused_by_database(session, move, id=UUID(found[1]))


async def test_somebody_elses_return_cannot_link_an_account_to_me(
    transport: httpx.ASGITransport, provider: Provider, tokens: dict[str, str], cast: Cast, api_sessions: Sessions
) -> None:
    """The attempt is of the person who set out, whoever is signed in when the browser comes back."""
    identity = Identity(provider.issuer, f"x-{uuid4()}", False)
    async with transaction(api_sessions) as session:
        actor = await actor_for_person(session, cast.head.person_id)
        with pytest.raises(oidc_rules.OnlyOwnIdentity):
            await oidc.link(session, actor, oidc.Returned(identity, cast.secretary.person_id))


async def test_three_hundred_sign_ins_an_hour_are_begun_from_one_address(rolled_back: Sessions) -> None:
    for _ in range(300):
        await oidc.count_departure(rolled_back, "203.0.113.11")
    with pytest.raises(oidc_rules.TooManyDepartures):
        await oidc.count_departure(rolled_back, "203.0.113.11")
    await oidc.count_departure(rolled_back, "203.0.113.12")
