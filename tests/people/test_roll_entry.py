"""Rolls from files: entered as looked at, all or nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session, Sessions, transaction
from service.people import group_usecases, usecases
from service.people import roll_usecases as rolls
from service.people.group_usecases import families_of
from service.people.models import Person
from service.people.roll_rules import (
    NothingToEnter,
    OtherFile,
    PreviewChanged,
    RollDraftGone,
    RollHasFaults,
    RowState,
)
from service.people.shapes import PersonIn, RollEntryIn, RollIn
from tests.cast import Cast
from tests.make.people import family_in, make_actor, make_office, make_person, next_dni
from tests.make.rolls import bare_group, csv_of, enter, row, xlsx_of
from tests.races import second_of
from tests.traces import acts_on, payload_of, refused_by_database, statements


async def count(session: Session, table: str) -> int:
    """The rows of a table."""
    return int(await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


async def test_nothing_is_entered_by_the_upload_and_everything_by_the_entry(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    dni = next_dni()
    content = xlsx_of(
        row("F2", dni, "Núñez Ñaupa", "Rosa", "sí", born="1980-12-31", mobile="987654321"),
        row("F1", None, "Quispe", "Juan", "x", sex="M"),
        row("F2", None, "Núñez", "Luz"),
    )
    draft = await rolls.upload_roll(session, cast.promoter, group.id, "padrón\n2026.xlsx", content)
    assert await families_of(session, group.id) == []
    shown = await rolls.preview_roll(session, cast.promoter, draft.id)
    assert shown.found.counts == {state: 3 if state == RowState.NEW else 0 for state in RowState}
    seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256=shown.found.sha256)
    entered = await rolls.enter_roll(session, cast.promoter, draft.id, seen)
    assert (entered.families, entered.members, entered.persons) == (2, 3, 3)
    roll = await families_of(session, group.id)
    assert [(each.family.code, [(p.name, m.head) for m, p in each.members]) for each in roll] == [
        ("F1", [("Juan Quispe", True)]),
        ("F2", [("Rosa Núñez Ñaupa", True), ("Luz Núñez", False)]),
    ]
    rosa = roll[1].head
    assert (rosa.dni, str(rosa.birth_date), rosa.mobile, rosa.sort_key) == (
        dni,
        "1980-12-31",
        "987654321",
        "nun\uffffez n\uffffaupa rosa",
    )
    assert [act for act, _ in await acts_on(session, f"group:{group.id}")] == ["group.created", "roll.uploaded", "roll.entered"]
    payload = await payload_of(session, "roll.entered", f"group:{group.id}")
    assert (payload["file"], payload["sha256"], len(payload["members"])) == ("padrón2026.xlsx", draft.sha256, 3)
    assert await count(session, "roll_draft") == 0
    with pytest.raises(RollDraftGone):
        await rolls.enter_roll(session, cast.promoter, draft.id, seen)


async def test_a_family_on_the_roll_takes_further_members_and_a_person_known_is_not_made_again(
    session: Session, cast: Cast
) -> None:
    group = await bare_group(session, cast)
    rosa = await make_person(session, cast.promoter, family_names="Núñez", given_names="Rosa")
    first = (row("F1", None, "Quispe", "Juan", "x", sex="M"),)
    await enter(session, cast.promoter, group.id, csv_of(*first))
    before = await count(session, "person")
    further = (*first, row("F1", rosa.dni, "Núñez", "Rosa"), row("F1", None, "Quispe", "Luz"))
    entered = await enter(session, cast.promoter, group.id, csv_of(*further))
    assert (entered.families, entered.members, entered.persons) == (0, 2, 1)
    (family,) = await families_of(session, group.id)
    assert [person.name for _, person in family.members] == ["Juan Quispe", "Rosa Núñez", "Luz Quispe"]
    assert (family.members[1][1].id, await count(session, "person")) == (rosa.id, before + 1)
    with pytest.raises(NothingToEnter):
        await enter(session, cast.promoter, group.id, csv_of(*further))


async def test_one_wrong_row_holds_the_whole_file_back(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    before = await count(session, "person")
    with pytest.raises(RollHasFaults) as refused:
        await enter(
            session, cast.promoter, group.id, csv_of(row("F1", None, "Puma", "Eva", "x"), row("F2", "1", "Puma", "Ana", "x"))
        )
    assert refused.value.values == {"rows": 1}
    assert (await families_of(session, group.id), await count(session, "person")) == ([], before)


async def test_only_the_file_and_the_preview_that_were_seen_are_entered(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    rosa = await make_person(session, cast.promoter, family_names="Núñez", given_names="Rosa")
    content = csv_of(row("F1", rosa.dni, "Núñez", "Rosa", "x"))
    draft = await rolls.upload_roll(session, cast.promoter, group.id, "a.csv", content)
    shown = await rolls.preview_roll(session, cast.promoter, draft.id)
    seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256=shown.found.sha256)
    with pytest.raises(OtherFile):
        await rolls.enter_roll(session, cast.promoter, draft.id, seen.model_copy(update={"file_sha256": "0" * 64}))
    given = PersonIn.model_validate(rosa, from_attributes=True).model_copy(update={"given_names": "Rosaura"})
    await usecases.correct_person(session, cast.promoter, rosa.id, given)
    with pytest.raises(PreviewChanged):
        await rolls.enter_roll(session, cast.promoter, draft.id, seen)
    again = (await rolls.preview_roll(session, cast.promoter, draft.id)).found
    assert [each.state for each in again.rows] == [RowState.CHANGED]
    await group_usecases.register_families(session, cast.promoter, group.id, RollIn(families=[family_in("F9")]))
    unrelated = RollEntryIn(file_sha256=draft.sha256, preview_sha256=again.sha256)
    assert (await rolls.enter_roll(session, cast.promoter, draft.id, unrelated)).families == 1


async def test_only_those_who_register_in_the_office_upload_look_and_enter(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    content = csv_of(row("F1", None, "Puma", "Eva", "x"))
    draft = await rolls.upload_roll(session, cast.promoter, group.id, "a.csv", content)
    far = await make_actor(session, cast, Role.PROMOTER, office_id=(await make_office(session, cast)).id)
    seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256="0" * 64)
    for actor in (cast.auditor, cast.administrator, cast.mayor, far):
        with pytest.raises(MissingRole):
            await rolls.upload_roll(session, actor, group.id, "a.csv", content)
        with pytest.raises(MissingRole):
            await rolls.preview_roll(session, actor, draft.id)
        with pytest.raises(MissingRole):
            await rolls.list_drafts(session, actor, group.id)
        with pytest.raises(MissingRole):
            await rolls.enter_roll(session, actor, draft.id, seen)
        with pytest.raises(MissingRole):
            await rolls.discard_roll(session, actor, draft.id)


async def test_a_draft_goes_when_replaced_discarded_or_old(session: Session, cast: Cast) -> None:
    group, content = await bare_group(session, cast), csv_of(row("F1", None, "Puma", "Eva", "x"))

    async def names() -> list[str]:
        return [name for _, name, _, _ in await rolls.list_drafts(session, cast.promoter, group.id)]

    await rolls.upload_roll(session, cast.promoter, group.id, "first.csv", content)
    second = await rolls.upload_roll(session, cast.promoter, group.id, "second.csv", content)
    await rolls.upload_roll(session, cast.secretary, group.id, "hers.csv", content)
    assert sorted(await names()) == ["hers.csv", "second.csv"]
    await rolls.discard_roll(session, cast.promoter, second.id)
    assert await names() == ["hers.csv"]
    await clock.set_time(session, await clock.now(session) + rolls.KEPT + timedelta(seconds=1))
    await rolls.upload_roll(session, cast.promoter, group.id, "later.csv", content)
    assert await names() == ["later.csv"]


async def test_the_number_of_statements_is_the_same_for_one_row_and_for_many(session: Session, cast: Cast) -> None:
    counts = []
    for many in (1, 60):
        group = await bare_group(session, cast)
        known = [await make_person(session, cast.promoter) for _ in range(many)]
        rows = [row(f"F{at}", each.dni, each.family_names, each.given_names, "x") for at, each in enumerate(known)]
        rows += [row(f"F{at}", None, "Puma", "Luz") for at in range(many)]
        with statements(session) as sent:
            await enter(session, cast.promoter, group.id, csv_of(*rows))
        counts.append(len(sent))
    assert counts[0] == counts[1]


async def test_the_database_refuses_a_draft_whose_hash_is_not_its_content(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    draft = await rolls.upload_roll(session, cast.promoter, group.id, "a.csv", csv_of(row("F1", None, "Puma", "Eva", "x")))
    refused = await refused_by_database(session, "UPDATE roll_draft SET content = 'other' WHERE id = :id", id=draft.id)
    assert "ck_roll_draft_sha256" in refused


async def test_of_two_entries_at_once_one_finds_the_file_gone(sessions: Sessions, cast: Cast) -> None:
    async with transaction(sessions) as session:
        group = await bare_group(session, cast)
        draft = await rolls.upload_roll(session, cast.promoter, group.id, "a.csv", csv_of(row("F1", None, "Puma", "Eva", "x")))
        shown = await rolls.preview_roll(session, cast.promoter, draft.id)
        seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256=shown.found.sha256)

    async def enter_it(session: Session) -> object:
        return await rolls.enter_roll(session, cast.promoter, draft.id, seen)

    assert isinstance(await second_of(sessions, enter_it, enter_it), RollDraftGone)


async def test_a_dni_registered_at_the_same_moment_changes_the_preview(sessions: Sessions, cast: Cast) -> None:
    dni = next_dni()
    async with transaction(sessions) as session:
        group = await bare_group(session, cast)
        draft = await rolls.upload_roll(session, cast.promoter, group.id, "a.csv", csv_of(row("F1", dni, "Puma", "Eva", "x")))
        shown = await rolls.preview_roll(session, cast.promoter, draft.id)
        seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256=shown.found.sha256)

    async def register(session: Session) -> Person:
        return await make_person(session, cast.promoter, dni=dni, family_names="Puma", given_names="Eva")

    async def enter_it(session: Session) -> object:
        return await rolls.enter_roll(session, cast.promoter, draft.id, seen)

    assert isinstance(await second_of(sessions, register, enter_it), PreviewChanged)
    async with sessions() as session:
        assert await families_of(session, group.id) == []
