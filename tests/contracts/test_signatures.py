"""Ink signatures: bound by the scan's hash, seen by two officers, by the right persons, the group first."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest

from service.contracts import queries, rules, usecases
from service.contracts.models import ContractStatus, Party
from service.contracts.shapes import RefusalIn
from service.contracts.signature_usecases import confirm_ink_signature, refuse_ink_signature, register_ink_signature
from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.machine import WrongState
from service.documents.rules import UnknownFileType
from service.documents.usecases import get_file
from service.ledger.usecases import balances
from service.people.group_usecases import end_mandate, get_group, signatories_on
from service.people.groups import BoardRole
from service.people.shapes import EndIn
from tests.cast import Cast
from tests.make.contracts import PDF, REASON, ink_in, make_contract, register, sign
from tests.make.people import make_actor, make_mandate, make_municipality, make_office, make_person
from tests.traces import acts_on, payload_of, refused_by_database

UNREADABLE = RefusalIn(reason="La imagen no muestra la segunda firma")


async def test_both_sides_bring_a_contract_into_force_and_make_its_money_payable(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    keys = [f"contract:{contract.id}:{purpose}" for purpose in ("committed", "payable")]
    assert (await sign(session, cast, contract, Party.GROUP)).status == ContractStatus.SIGNED_BY_GROUP
    assert list((await balances(session, keys)).values()) == [Decimal("10000.05"), Decimal("0.00")]
    assert (await sign(session, cast, contract, Party.OFFICE)).status == ContractStatus.IN_FORCE
    assert list((await balances(session, keys)).values()) == [Decimal("0.00"), Decimal("10000.05")]
    officers = [("signature.registered", cast.secretary.person_id), ("signature.confirmed", cast.second_officer.person_id)]
    assert (await acts_on(session, f"contract:{contract.id}"))[1:] == [*officers, *officers]


async def test_a_signature_is_bound_by_the_hash_of_its_scan(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    given = await ink_in(session, cast, contract, Party.GROUP)
    row = await register_ink_signature(session, cast.secretary, contract.id, given, "firmas.pdf", PDF)
    assert row.scan_sha256 == hashlib.sha256(PDF).hexdigest()
    assert (await get_file(session, row.file_id)).content == PDF
    board = await signatories_on(session, contract.group_id, await clock.today(session))
    assert row.signatories == [
        {"person_id": str(person.id), "name": person.name, "dni": person.dni, "role": mandate.role} for mandate, person in board
    ]
    assert await payload_of(session, "signature.registered", f"contract:{contract.id}") == {
        "party": "group",
        "scan_sha256": row.scan_sha256,
        "signed_on": given.signed_on.isoformat(),
    }
    view = await queries.get_contract(session, cast.secretary, contract.id)
    assert [signature.id for signature in view.signatures] == [row.id]


async def test_a_scan_is_a_pdf_or_a_picture(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    given = await ink_in(session, cast, contract, Party.GROUP)
    for content in (b"MZ\x90\x00", b"<?xml version='1.0'?><a/>"):
        with pytest.raises(UnknownFileType):
            await register_ink_signature(session, cast.secretary, contract.id, given, "contrato.pdf", content)


async def test_officers_of_the_office_register_and_confirm(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    given = await ink_in(session, cast, contract, Party.GROUP)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=(await make_office(session, cast)).id)
    for actor in (cast.promoter, cast.treasurer, stranger):
        with pytest.raises(MissingRole):
            await register_ink_signature(session, actor, contract.id, given, "contrato.pdf", PDF)
    row = await register_ink_signature(session, cast.administrator, contract.id, given, "contrato.pdf", PDF)
    for actor in (cast.promoter, stranger):
        with pytest.raises(MissingRole):
            await confirm_ink_signature(session, actor, row.id)
    assert (await confirm_ink_signature(session, cast.head, row.id)).confirmed_by == cast.head.person_id


async def test_who_registered_a_scan_does_not_confirm_it(session: Session, cast: Cast) -> None:
    row = await register(session, cast, await make_contract(session, cast), Party.GROUP)
    with pytest.raises(rules.RegistrarCannotConfirm):
        await confirm_ink_signature(session, cast.secretary, row.id)
    said = await refused_by_database(
        session, "UPDATE ink_signature SET confirmed_by = registered_by, confirmed_at = now() WHERE id = :id", id=row.id
    )
    assert "ck_ink_signature_two_officers" in said


async def test_the_office_does_not_sign_before_the_group(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    with pytest.raises(WrongState):
        await register(session, cast, contract, Party.OFFICE)
    await register(session, cast, contract, Party.GROUP)  # not confirmed yet
    with pytest.raises(WrongState):
        await register(session, cast, contract, Party.OFFICE)


async def test_a_side_signs_once(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    waiting = await register(session, cast, contract, Party.GROUP)
    with pytest.raises(rules.SignatureWaiting):
        await register(session, cast, contract, Party.GROUP)
    await confirm_ink_signature(session, cast.second_officer, waiting.id)
    with pytest.raises(rules.SignatureWaiting):
        await register(session, cast, contract, Party.GROUP)
    with pytest.raises(rules.SignatureDecided):
        await confirm_ink_signature(session, cast.second_officer, waiting.id)


async def test_the_database_takes_one_live_signature_a_side(session: Session, cast: Cast) -> None:
    row = await register(session, cast, await make_contract(session, cast), Party.GROUP)
    columns = "contract_id, party, file_id, scan_sha256, signatories, signed_on, registered_by, registered_at"
    copy = f"INSERT INTO ink_signature (id, {columns}) SELECT gen_random_uuid(), {columns} FROM ink_signature WHERE id = :id"
    assert "uq_ink_signature_live" in await refused_by_database(session, copy, id=row.id)


async def test_a_refused_scan_makes_room_for_another(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    bad = await register(session, cast, contract, Party.GROUP)
    with pytest.raises(MissingRole):
        await refuse_ink_signature(session, cast.promoter, bad.id, UNREADABLE)
    assert (await refuse_ink_signature(session, cast.second_officer, bad.id, UNREADABLE)).refused_because == UNREADABLE.reason
    assert contract.status == ContractStatus.NUMBERED
    with pytest.raises(rules.SignatureDecided):
        await confirm_ink_signature(session, cast.second_officer, bad.id)
    assert (await sign(session, cast, contract)).status == ContractStatus.IN_FORCE


async def test_president_and_treasurer_sign_together(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    board = await signatories_on(session, contract.group_id, await clock.today(session))
    president, treasurer = (person.id for _, person in board)
    stranger = (await make_person(session, cast.promoter)).id
    for named in ((president,), (president, stranger), (president, treasurer, stranger)):
        given = await ink_in(session, cast, contract, Party.GROUP, *named)
        with pytest.raises(rules.WrongSignatories):
            await register_ink_signature(session, cast.secretary, contract.id, given, "contrato.pdf", PDF)


async def test_the_board_of_the_day_of_signing_signs(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    numbered_on = await clock.today(session)
    (old, president), _ = await signatories_on(session, contract.group_id, numbered_on)
    now = await clock.now(session)
    await clock.set_time(session, now + timedelta(days=10))
    await end_mandate(session, cast.promoter, old.id, EndIn(until=numbered_on + timedelta(days=4)))
    group = await get_group(session, cast.secretary, contract.group_id)
    new = await make_mandate(session, cast, group, BoardRole.PRESIDENT, since=numbered_on + timedelta(days=5))
    given = await ink_in(session, cast, contract, Party.GROUP)
    assert {s.person_id for s in given.signatories} >= {new.person_id}
    for days, refused in ((4, True), (5, False)):
        moved = given.model_copy(update={"signed_on": numbered_on + timedelta(days=days)})
        if refused:
            with pytest.raises(rules.WrongSignatories) as refusal:
                await register_ink_signature(session, cast.secretary, contract.id, moved, "contrato.pdf", PDF)
            assert president.name in str(refusal.value)
        else:
            await register_ink_signature(session, cast.secretary, contract.id, moved, "contrato.pdf", PDF)


async def test_the_mayor_signs_for_a_municipality(session: Session, cast: Cast) -> None:
    group = await make_municipality(session, cast)
    contract = await make_contract(session, cast, ready="idl-first", group=group)
    given = await ink_in(session, cast, contract, Party.GROUP)
    assert [s.person_id for s in given.signatories] == [cast.mayor.person_id]
    row = await register_ink_signature(session, cast.secretary, contract.id, given, "contrato.pdf", PDF)
    assert [s["role"] for s in row.signatories] == ["mayor"]


async def test_only_a_head_of_this_office_signs_for_it(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    await sign(session, cast, contract, Party.GROUP)
    other = await make_actor(session, cast, Role.OFFICE_HEAD, office_id=(await make_office(session, cast)).id)
    for person_id in (cast.secretary.person_id, other.person_id):
        given = await ink_in(session, cast, contract, Party.OFFICE, person_id)
        with pytest.raises(rules.WrongSignatories):
            await register_ink_signature(session, cast.secretary, contract.id, given, "contrato.pdf", PDF)


async def test_a_day_of_signing_is_possible(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    numbered_on = await clock.today(session)
    await clock.set_time(session, await clock.now(session) + timedelta(days=3))
    given = await ink_in(session, cast, contract, Party.GROUP)
    for days in (-1, 4):
        moved = given.model_copy(update={"signed_on": numbered_on + timedelta(days=days)})
        with pytest.raises(rules.SigningDayImpossible):
            await register_ink_signature(session, cast.secretary, contract.id, moved, "contrato.pdf", PDF)
    moved = given.model_copy(update={"signed_on": numbered_on + timedelta(days=2)})
    row = await register_ink_signature(session, cast.secretary, contract.id, moved, "contrato.pdf", PDF)
    await confirm_ink_signature(session, cast.second_officer, row.id)
    office = await ink_in(session, cast, contract, Party.OFFICE)
    before_the_group = office.model_copy(update={"signed_on": numbered_on + timedelta(days=1)})
    with pytest.raises(rules.SigningDayImpossible):
        await register_ink_signature(session, cast.secretary, contract.id, before_the_group, "contrato.pdf", PDF)


async def test_an_annulled_contract_is_not_signed(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    waiting = await register(session, cast, contract, Party.GROUP)
    await usecases.annul_contract(session, cast.head, contract.id, REASON)
    with pytest.raises(WrongState):
        await confirm_ink_signature(session, cast.second_officer, waiting.id)
