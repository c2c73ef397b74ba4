"""How a page does something: parse the form, run the use case in a savepoint, go on to where its result is seen.

A refusal or a wrong field shows the same page again, with the message at the field and what was typed kept, and nothing written.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from api.deps import Who, Work
from api.errors import AlreadyThere, field_errors, status_of
from api.language import language_of, say
from api.logs import note
from api.pages.forms import parse, typed_in
from service.core.actor import Actor, StepUpNeeded
from service.core.db import Session
from service.core.errors import NotFound, Refusal, Rejected

Page = Callable[..., Awaitable[Response]]
"""``page(request, session, who, *ids, typed)``: the page that the form stands on."""


class NoFile(Rejected):
    """A form that needs a file came without one."""

    message = "Choose the file to send."


class Empty(BaseModel, extra="forbid"):
    """A form that is only a button."""


def act(
    router: APIRouter,
    path: str,
    shape: type[BaseModel],
    do: Callable[..., Awaitable[Any]],
    *,
    page: Page,
    to: Callable[..., str],
    upload: bool = False,
) -> None:
    """Let ``POST path`` do ``do(session, who, *ids, given)`` and redirect to ``to(result, *ids)``.

    ``ids`` are the path's parameters in order. With an ``Empty`` shape ``do`` gets no ``given``; with ``upload`` it also gets the
    name and the bytes of the form's ``file``.
    """

    async def handler(request: Request, session: Work, who: Who) -> Response:
        ids = _ids(request)
        data = await request.form()
        try:
            given = shape.model_validate(parse(shape, data))
        except ValidationError as error:
            return await show_wrong(request, session, error, page=page)

        async def run() -> Any:
            arguments = ids if shape is Empty else [*ids, given]
            return await do(session, who, *arguments, *(await _upload(request) if upload else ()))

        return await attempt(request, session, run, page=page, to=to)

    router.add_api_route(path, handler, methods=["POST"], name=getattr(do, "__name__", "act"), response_model=None)


async def show_wrong(request: Request, session: Session, error: ValidationError, *, page: Page) -> Response:
    """The page again, with what is wrong at the fields of the form that was sent."""
    wrong = field_errors(error, language_of(request))
    request.state.refusal = " ".join(dict.fromkeys(wrong.values()))
    typed = typed_in(request.url.path, await request.form(), wrong)
    who: Actor = request.state.actor
    return _with_status(await page(request, session, who, *_ids(request), typed), 422)


async def attempt(
    request: Request, session: Session, run: Callable[[], Awaitable[Any]], *, page: Page, to: Callable[..., str]
) -> Response:
    """Run in a savepoint and redirect; a refusal shows the page again."""
    ids = _ids(request)
    try:
        async with session.begin_nested():
            result = await run()
    except (Refusal, DBAPIError) as error:
        refusal = error if isinstance(error, Refusal) else _clash(error)
        if isinstance(refusal, NotFound | StepUpNeeded):
            raise refusal from error
        note(request, refusal)
        text = say(language_of(request), refusal.message, **refusal.values)
        request.state.refusal = text
        typed = typed_in(request.url.path, await request.form(), {refusal.field or "": text})
        who: Actor = request.state.actor
        return _with_status(await page(request, session, who, *ids, typed), status_of(refusal))
    return RedirectResponse(to(result, *ids), 303)


async def _upload(request: Request) -> tuple[str, bytes]:
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise NoFile(field="file")
    return file.filename, await file.read()


def _ids(request: Request) -> list[Any]:
    """The path's parameters in order, identifiers as UUIDs. Raises ``NotFound`` on a text that is none."""
    return [_identifier(name, value) for name, value in request.path_params.items()]


def _identifier(name: str, value: str) -> UUID | str:
    if not name.endswith("_id"):
        return value
    try:
        return UUID(value)
    except ValueError as error:
        raise NotFound from error


def _with_status(answer: Response, status: int) -> Response:
    answer.status_code = status
    return answer


def _clash(error: DBAPIError) -> Refusal:
    state = getattr(error.orig, "sqlstate", None) or ""
    if not state.startswith(("23", "RY")):
        raise error
    return AlreadyThere()
