"""Files with rolls of families, as people would send them."""

import io
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from openpyxl import Workbook

from service.core.actor import Actor
from service.core.db import Session
from service.people import roll_usecases
from service.people.groups import Group
from service.people.roll_usecases import Entered
from service.people.shapes import RollEntryIn
from tests.cast import Cast
from tests.make.people import make_group

HEADER = ("familia", "dni", "apellidos", "nombres", "sexo", "fecha de nacimiento", "celular", "jefe de familia")

Row = Sequence[object]


def csv_of(*rows: Row, header: Sequence[str] = HEADER, separator: str = ";") -> bytes:
    """A CSV in UTF-8."""
    lines = [header, *rows]
    return "\r\n".join(separator.join("" if cell is None else str(cell) for cell in line) for line in lines).encode()


def xlsx_of(*rows: Row, header: Sequence[str] = HEADER) -> bytes:
    """A workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (header, *rows):
        sheet.append(list(row))
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


async def enter(session: Session, actor: Actor, group_id: UUID, content: bytes) -> Entered:
    """Upload a file and enter it as its preview says."""
    draft = await roll_usecases.upload_roll(session, actor, group_id, "padron.csv", content)
    shown = await roll_usecases.preview_roll(session, actor, draft.id)
    seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256=shown.found.sha256)
    return await roll_usecases.enter_roll(session, actor, draft.id, seen)


async def bare_group(session: Session, cast: Cast, **changes: Any) -> Group:
    """A group without a roll."""
    return await make_group(session, cast, board=False, families=0, account=False, **changes)


def row(code: str, dni: str | None, family_names: str, given_names: str, head: str = "", **more: str) -> Row:
    """A row of a file."""
    return (code, dni, family_names, given_names, more.get("sex", "F"), more.get("born", ""), more.get("mobile", ""), head)
