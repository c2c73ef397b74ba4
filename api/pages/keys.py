"""Programs that call the API: one's keys, and those of the offices that one oversees."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act, attempt, show_wrong
from api.pages.forms import Choices, Form, Typed, form, parse
from api.pages.views import Cell, State, Table, View, show
from api.templating import page
from service.core.actor import Actor
from service.core.acts import Relation
from service.core.db import Session
from service.core.rights import FOR_KEYS, permits
from service.core.texts import Phrase
from service.funding.cofunding import my_cofunders
from service.integration import clients
from service.integration.clients import Kept, Made
from service.integration.shapes import ClientIn, RotationIn
from service.people.usecases import list_offices

router = new_router("keys")

EXPLAIN = "A key acts as you, within what you choose here, and only as long as you hold the role. It is shown once."


@router.get("/keys")
async def show_keys(request: Request, session: Work, who: Who) -> Response:
    """The keys, and a form for a new program."""
    return await _keys(request, session, who)


async def _keys(request: Request, session: Session, who: Actor, *rest: object) -> Response:
    typed = next((each for each in rest if isinstance(each, Typed)), None)
    kept = await clients.list_keys(session, who)
    choices = await _choices(request, session, who)
    new = form("/keys", "Make a key for a program", ClientIn, choices=choices, typed=typed, explain=EXPLAIN)
    acts = [new if choices["acts"] else None, *(each for key in kept for each in _acts(key, who, typed))]
    return show(request, View("Programs that call the API", translate_title=True, tables=[_table(request, kept)], acts=acts))


async def _choices(request: Request, session: Session, who: Actor) -> Choices:
    """What the person may give a key, and in whose name."""
    language, roles = language_of(request), {grant.role for grant in who.grants}
    cofunders = [(str(row.id), row.name) for row in await my_cofunders(session, who)]
    holding = roles | ({Relation.COFUNDER} if cofunders else set())
    offices = {grant.office_id for grant in who.grants}
    return {
        "acts": [(act.value, say(language, act.value)) for act in sorted(FOR_KEYS) if permits(act, holding)] if holding else [],
        "office_id": [(str(row.id), row.name) for row in await list_offices(session, who) if offices & {None, row.id}],
        "cofunder_id": cofunders,
    }


def _acts(kept: Kept, who: Actor, typed: Typed | None) -> list[Form | None]:
    if not kept.is_live:
        return []
    key, name = kept.key, f"{kept.client.name} ({kept.key.prefix})"
    mine = key.made_by == who.person_id and key.ends_at is None
    return [
        form(f"/keys/{key.id}/renewal", Phrase("Renew the key of {name}", name=name), RotationIn, typed=typed)
        if mine
        else None,
        form(f"/keys/{key.id}/end", Phrase("End the key of {name} now", name=name), typed=typed, danger=True),
    ]


def _table(request: Request, kept: Sequence[Kept]) -> Table:
    columns = ["Program", "Key", "What it may do", "Made by", "State", "Ends", "Last used"]
    return Table("Keys", columns, [_row(request, each) for each in kept], empty="No program has a key yet.")


def _row(request: Request, kept: Kept) -> list[Cell]:
    acts = ", ".join(say(language_of(request), act) for act in kept.key.acts)
    ends = min(kept.key.ends_at or kept.key.expires_at, kept.key.expires_at)
    return [
        kept.client.name,
        f"raymi_{kept.key.prefix}_…",
        acts,
        kept.maker,
        State("in_force" if kept.is_live else "ended"),
        ends,
        kept.key.last_used_at,
    ]


@router.post("/keys")
async def create_client(request: Request, session: Work, who: Who) -> Response:
    """The new key, shown this once."""
    return await _made(request, session, ClientIn, lambda given: clients.create_client(session, who, given))


@router.post("/keys/{key_id}/renewal")
async def renew_key(request: Request, session: Work, who: Who, key_id: UUID) -> Response:
    """The key that takes the place of another, shown this once."""
    return await _made(request, session, RotationIn, lambda given: clients.renew_key(session, who, key_id, given))


async def _made(request: Request, session: Session, shape: type[BaseModel], do: Callable[..., Awaitable[Made]]) -> Response:
    try:
        given = shape.model_validate(parse(shape, await request.form()))
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_keys)
    made: list[Made] = []

    async def run() -> None:
        made.append(await do(given))

    answer = await attempt(request, session, run, page=_keys, to=lambda *_: "/keys")
    return page(request, "pages/key.html", no_store=True, made=made[0]) if made else answer


act(router, "/keys/{key_id}/end", Empty, clients.end_key, page=_keys, to=lambda *_: "/keys")
