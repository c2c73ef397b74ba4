"""How a page does something: parse the form, run the use case in a savepoint, go on to where its result is seen.

A refusal or a wrong field shows the same page again, with the message at the field and what was typed kept, and nothing written.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.errors import AlreadyThere, field_errors, status_of
from api.language import language_of, say
from api.pages.forms import Typed, parse, typed_in
from service.core.db import Session
from service.core.errors import Refusal, Rejected

Shape = TypeVar("Shape", bound=BaseModel)


class NoFile(Rejected):
    """A form that needs a file came without one."""

    message = "Choose the file to send."


async def act(
    request: Request,
    session: Session,
    shape: type[Shape],
    do: Callable[[Shape], Awaitable[Any]],
    *,
    to: Callable[[Any], str],
    again: Callable[[Typed], Awaitable[Response]],
) -> Response:
    """Do ``do`` with the form's values and redirect to ``to(result)``; otherwise answer ``again`` with what was typed."""
    data = await request.form()
    language = language_of(request)
    try:
        given = shape.model_validate(parse(shape, data))
    except ValidationError as error:
        answer = await again(typed_in(request.url.path, data, field_errors(error, language)))
        answer.status_code = 422
        return answer
    return await attempt(request, session, lambda: do(given), to=to, again=again)


async def attempt(
    request: Request,
    session: Session,
    do: Callable[[], Awaitable[Any]],
    *,
    to: Callable[[Any], str],
    again: Callable[[Typed], Awaitable[Response]],
) -> Response:
    """Do ``do`` in a savepoint and redirect to ``to(result)``; a refusal shows ``again``."""
    try:
        async with session.begin_nested():
            result = await do()
    except (Refusal, DBAPIError) as error:
        refusal = error if isinstance(error, Refusal) else _clash(error)
        data = await request.form()
        text = say(language_of(request), refusal.message, **refusal.values)
        answer = await again(typed_in(request.url.path, data, {refusal.field or "": text}))
        answer.status_code = status_of(refusal)
        return answer
    return RedirectResponse(to(result), 303)


async def upload(request: Request, name: str) -> tuple[str, bytes]:
    """The file that was sent under ``name``: its own name and its bytes. Raises ``NoFile``."""
    file = (await request.form()).get(name)
    if not isinstance(file, UploadFile) or not file.filename:
        raise NoFile(field=name)
    return file.filename, await file.read()


def _clash(error: DBAPIError) -> Refusal:
    state = getattr(error.orig, "sqlstate", None) or ""
    if not state.startswith(("23", "RY")):
        raise error
    return AlreadyThere()
