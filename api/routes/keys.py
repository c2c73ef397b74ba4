"""Programs that call the API, and their keys."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.core.acts import Act
from service.integration import clients
from service.integration.clients import Made
from service.integration.models import ApiClient, ApiKey
from service.integration.shapes import ClientIn, RotationIn

router = new_router("keys")


class KeyOut(Out):
    """A key without its secret."""

    id: UUID
    client_id: UUID
    client: str
    office_id: UUID | None
    cofunder_id: UUID | None
    prefix: str
    acts: list[Act]
    made_by: UUID
    at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    ends_at: datetime | None


class MadeOut(BaseModel):
    """A new key, shown this once: send it as ``Authorization: Bearer``."""

    key: str
    about: KeyOut


@router.get("/keys")
async def list_keys(session: Work, who: Who) -> list[KeyOut]:
    """One's own keys, and those of the offices that one oversees; the newest first."""
    return [_out(kept.key, kept.client) for kept in await clients.list_keys(session, who)]


@router.post("/keys", status_code=201, response_model=MadeOut)
async def create_client(session: Work, who: Who, given: ClientIn) -> Response:
    """A client with its first key. Its acts are among those that its maker may do, and that no person has to be present for."""
    return _made(await clients.create_client(session, who, given))


@router.post("/keys/{key_id}/renewal", status_code=201, response_model=MadeOut)
async def renew_key(session: Work, who: Who, key_id: UUID, given: RotationIn) -> Response:
    """A new key in place of one that goes on for the overlap."""
    return _made(await clients.renew_key(session, who, key_id, given))


@router.post("/keys/{key_id}/end", status_code=204)
async def end_key(session: Work, who: Who, key_id: UUID) -> None:
    """End a key at once."""
    await clients.end_key(session, who, key_id)


def _made(made: Made) -> Response:
    answer = MadeOut(key=made.written, about=_out(made.key, made.client))
    return JSONResponse(answer.model_dump(mode="json"), 201, {"Cache-Control": "no-store"})


def _out(key: ApiKey, client: ApiClient) -> KeyOut:
    of_client = {"client": client.name, "office_id": client.office_id, "cofunder_id": client.cofunder_id}
    return KeyOut.model_validate({**key.model_dump(), **of_client})
