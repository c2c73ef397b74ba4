"""The papers of the demo: drawn by the job's own use case, written to a folder under names that a person can read."""

import re
from pathlib import Path

from sqlalchemy import text

from scripts.demo.stage import Stage
from service.core.db import Sessions, transaction
from service.documents.jobs import make_press
from service.documents.usecases import get_file, render_document
from service.people.invitation_models import InvitationWay
from service.people.invitations import draw_invitation, invite
from service.people.shapes import InviteIn, PaperIn
from service.people.usecases import actor_for_person
from service.transparency.report import as_csv

_DOCUMENTS = text(
    "SELECT id, CASE split_part(subject, ':', 1) WHEN 'minutes-copy' THEN 'minutes-copy' ELSE kind END AS kind, version, "
    "data ->> 'number' AS number FROM document ORDER BY requested_at, id"
)
_REPORTS = text("SELECT data FROM document WHERE kind = 'report' ORDER BY requested_at, id")
_BANK_FILES = text(
    "SELECT 'pain.001 ' || message_id AS name, file_id FROM bank_batch UNION ALL "
    "SELECT 'pain.002 ' || b.message_id, a.file_id FROM bank_answer a JOIN bank_batch b ON b.id = a.batch_id"
)
_UNINVITED = text(
    "SELECT p.id FROM person p JOIN board_mandate m ON m.person_id = p.id LEFT JOIN credential c ON c.person_id = p.id "
    "WHERE m.role = 'president' AND c.person_id IS NULL AND p.dni IS NOT NULL ORDER BY p.sort_key, p.id LIMIT 1"
)


async def draw_papers(sessions: Sessions) -> int:
    """Draw every paper that the worker has not drawn yet; how many there are."""
    async with transaction(sessions) as session:
        rows = (await session.execute(_DOCUMENTS)).all()
    with make_press(2) as press:
        for row in rows:
            async with transaction(sessions) as session:
                await render_document(session, row.id, press)
    return len(rows)


async def papers_of(stage: Stage) -> dict[str, bytes]:
    """Every paper and bank file by its name, in the order in which they came to be."""
    async with transaction(stage.sessions) as session:
        rows = (await session.execute(_DOCUMENTS)).all()
        documents = [(f"{row.kind} {row.number}.pdf", (await render_document(session, row.id)).content) for row in rows]
        files = [
            (f"{row.name}.xml", (await get_file(session, row.file_id)).content) for row in await session.execute(_BANK_FILES)
        ]
        reports = [row.data for row in (await session.execute(_REPORTS)).all()]
    sheets = [(f"report {report['number']}.csv", as_csv(report).encode()) for report in reports]
    return {re.sub(r"[^\w.-]+", "-", name): content for name, content in [*documents, *files, *sheets]}


async def invitation_of(stage: Stage) -> dict[str, bytes]:
    """An invitation on paper for the president of a group who has no user name yet: a new one at each run, good until it is used."""
    async with transaction(stage.sessions) as session:
        person_id = (await session.execute(_UNINVITED)).scalar()
        if person_id is None:
            return {}
        actor = await actor_for_person(session, stage["system"], via="demo")
        issued = await invite(session, actor, person_id, InviteIn(way=InvitationWay.PAPER))
        paper = await draw_invitation(session, actor, PaperIn(token=issued.token, code=issued.code))
    return {"invitation.pdf": paper}


def write_papers(papers: dict[str, bytes], folder: Path) -> list[Path]:
    """Write papers into ``folder``; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in papers.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in papers]
