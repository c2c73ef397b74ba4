"""A lock is a commitment: the record says nothing of the scores, and nobody changes them unseen."""

import hashlib
import json

import pytest
from sqlalchemy import text

from service.contests.rules import Action
from service.contests.usecases import move_contest
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import usecases
from service.scoring.panel_rules import SheetsBeforeResult, SheetsSealed
from service.scoring.shapes import CorrectionIn
from service.transparency.checks.hashes import commitments
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import best_scores, lock, make_panel, open_stages

PAYLOADS = text("SELECT p.payload FROM record_leaf l JOIN record_payload p ON p.leaf_id = l.id WHERE l.subject = :subject")


async def test_the_record_holds_a_commitment_and_no_score_until_everybody_can_open_it(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    application = await make_eligible(session, cast, contest, code="A1")
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    scores = best_scores((await usecases.book_of(session, contest.id)).book.stages["field"])
    first = await lock(session, panel["J1"], application, "field", scores)
    given = CorrectionIn(scores=scores, reason="Me equivoqué en 17 puntos")
    second = await usecases.supersede_scoresheet(session, panel["J1"], application.id, "field", given)
    told = {}
    for sheet in (first, second):
        payload = (await session.execute(PAYLOADS, {"subject": f"scoresheet:{sheet.id}"})).scalar_one()
        assert set(payload) == {"application_id", "stage", "juror", "rules_sha256", "commitment", "supersedes_id"}
        told[sheet.id] = payload["commitment"]
    for reader, refusal in ((cast.secretary, SheetsSealed), (panel["J2"], SheetsBeforeResult), (None, NotFound)):
        with pytest.raises(refusal):
            await usecases.list_openings(session, reader, contest.id)
    await move_contest(session, contest.id, Action.ANNOUNCE)
    opened = await usecases.list_openings(session, None, contest.id)
    assert {each.sheet_id for each in opened} == set(told)
    for each in opened:  # as an outsider would: sorted keys, no blanks, nothing of ours
        plain = json.dumps(each.committed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert hashlib.sha256(each.nonce + plain).hexdigest() == told[each.sheet_id]
        assert each.committed["scores"] == scores
    assert [found async for found in commitments(session)] == []
