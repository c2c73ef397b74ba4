"""Everybody gets a copy of published minutes that shows of each DNI its end; the paper as signed stays with who has a right to it."""

import json
import re

import pytest
from sqlalchemy import text

from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import usecases
from service.deliberation.minutes import copy_uncopied
from service.deliberation.models import Minutes
from service.documents.models import Document, DocumentKind
from service.documents.usecases import latest_document, render_document
from service.transparency.papers import get_paper
from tests.cast import Cast
from tests.make.deliberation import make_signed_session
from tests.make.people import make_actor, make_office


async def papers_of(session: Session, cast: Cast, *, publish: bool) -> tuple[Minutes, Document, Document | None]:
    """Signed minutes, their paper, and its public copy where they are published."""
    row = (await make_signed_session(session, cast)).session
    if publish:
        await usecases.publish_minutes(session, cast.secretary, row.id)
    minutes = (await usecases.get_minutes(session, cast.secretary, row.id)).minutes
    signed = await latest_document(session, DocumentKind.MINUTES, f"minutes:{minutes.id}")
    assert signed is not None
    return minutes, signed, await latest_document(session, DocumentKind.MINUTES, f"minutes-copy:{minutes.id}")


def numbers(document: Document) -> set[str]:
    """The runs of eight digits in what a paper is drawn from."""
    return set(re.findall(r"(?<![0-9])[0-9]{8}(?![0-9])", json.dumps(document.data)))


async def test_the_public_copy_shows_no_dni_and_the_signed_one_is_not_everybodys(session: Session, cast: Cast) -> None:
    _, signed, copy = await papers_of(session, cast, publish=True)
    assert copy is not None
    dnis = set((await session.scalars(text("SELECT dni FROM person WHERE dni IS NOT NULL"))).all())
    assert len(dnis & numbers(signed)) >= 6
    assert dnis & numbers(copy) == set()
    assert copy.data["present"][0]["dni"] == "****" + signed.data["present"][0]["dni"][-4:]
    assert (await render_document(session, copy.id)).content.startswith(b"%PDF-")
    far = await make_actor(session, cast, Role.SECRETARY, office_id=(await make_office(session, cast)).id)
    for reader in (None, far, cast.mayor, cast.auditor):
        assert (await get_paper(session, reader, copy.id)).id == copy.id
    for reader in (cast.mayor, cast.auditor):
        assert (await get_paper(session, reader, signed.id)).id == signed.id
    for reader in (None, far):
        with pytest.raises(NotFound):
            await get_paper(session, reader, signed.id)


async def test_minutes_that_were_published_before_there_were_copies_get_theirs_once(session: Session, cast: Cast) -> None:
    minutes, _, copy = await papers_of(session, cast, publish=False)
    assert (copy, await copy_uncopied(session)) == (None, 0)
    await session.execute(text("UPDATE committee_session SET status = 'published' WHERE id = :id"), {"id": minutes.session_id})
    assert await copy_uncopied(session) == 1
    assert await latest_document(session, DocumentKind.MINUTES, f"minutes-copy:{minutes.id}") is not None
    assert await copy_uncopied(session) == 0
