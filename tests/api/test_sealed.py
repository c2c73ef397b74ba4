"""Scores before all are in: every GET answer to everybody is scanned for scores that stand nowhere else; a juror sees the own alone."""

import re
from copy import deepcopy
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from service.core.db import Session, Sessions, transaction
from service.deliberation import usecases as deliberation
from service.deliberation.runs import make_run
from service.scoring import usecases as scoring
from service.scoring.shapes import DeclarationIn, DraftIn
from tests.api.conftest import Client, SignedIn
from tests.api.test_analysis import BOOK
from tests.cast import Cast
from tests.make.applications import budget_in, make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import make_open_session
from tests.make.people import make_committee
from tests.make.scoring import lock, make_panel
from tests.rights.probe import every_route, filled

READERS = ("programme", "head", "secretary", "administrator", "treasurer", "promoter", "auditor", "second_officer", "mayor")
SCORES = {"second_officer": ("73193", "58271", "52363"), "mayor": ("91457", "64817", "68239")}
"""What the two jurors who sign in here gave A, B and C; the second officer is an officer of the office as well. J1 gave C alone."""

FIRST, DRAFT = "47917", "80923"
SUMS = ("164650", "123088", "82325", "61544", "54883", "41029", "168519", "56173")
"""A's and B's sums, their means over the two who scored, and over the three seats; C's sum and mean."""


@dataclass(frozen=True)
class Sealed:
    """A contest that lacks a sheet, by the names that paths have; and what is known of each sheet that was locked."""

    ids: dict[str, str] = field(default_factory=dict)


async def play(session: Session, cast: Cast) -> Sealed:
    """Two jurors have locked all, the third one sheet and drafted another; the judge was run over what there is."""
    book = deepcopy(BOOK)
    book["stages"][0]["criteria"][0]["max"] = "100000"  # type: ignore[index]  # a JSON value
    judging = (cast.jurors[0], cast.second_officer, cast.mayor)
    committee = await make_committee(session, cast, members=judging[:2])
    contest = await make_contest(session, cast, "pdn-first", book=book)
    entries = [await make_eligible(session, cast, contest, code=code, **budget_in("5000.00").model_dump()) for code in "ABC"]
    panel = await make_panel(session, cast, contest, {juror: ["single"] for juror in ("J1", "J2", "J3")}, *judging)
    row = await make_open_session(session, cast, committee, contest, members=judging[:2])
    for juror, scores in zip(list(panel.values())[1:], SCORES.values(), strict=True):
        for application, score in zip(entries, scores, strict=True):
            await lock(session, juror, application, "single", {"voice": score})
    await lock(session, panel["J1"], entries[2], "single", {"voice": FIRST})
    await scoring.declare_conflict(session, panel["J1"], entries[0].id, DeclarationIn(conflict=False, reason=""))
    await scoring.save_draft(session, panel["J1"], entries[0].id, "single", DraftIn(scores={"voice": DRAFT}))
    await deliberation.hand_out_field_results(session, cast.secretary, row.id)
    run = (await make_run(session, cast.secretary, row.id, contest)).id
    ids = {"contest_id": contest.id, "application_id": entries[0].id, "session_id": row.id, "run_id": run}
    ids |= {"committee_id": committee.id, "office_id": cast.office.id, "call_id": contest.call_id}
    ids |= {"group_id": entries[0].group_id, "person_id": judging[1].person_id}
    return Sealed({**{name: str(value) for name, value in ids.items()}, "stage": "single", "number": "1", "version": "1"})


def stands_in(number: str, shown: str) -> bool:
    """Whether a number of five or six digits is shown, as Spanish, English or a machine writes it; not inside an identifier."""
    written = "[ ,.\u00a0\u202f]?".join((number[:-3], number[-3:]))
    return re.search(rf"(?<![\w-]){written}(?![\w-])", shown) is not None


@pytest.fixture(scope="module")
async def sealed(api_sessions: Sessions, cast: Cast) -> Sealed:
    """The contest, committed."""
    async with transaction(api_sessions) as session:
        return await play(session, cast)


async def test_nobody_sees_a_score_of_another_before_all_are_in(
    stranger: Client, signed_in: SignedIn, tokens: dict[str, str], sealed: Sealed
) -> None:
    paths = [filled(path, sealed.ids) for method, path, _ in every_route() if method == "GET"]
    probes, own = 0, 0
    for reader in (*READERS, "nobody"):
        hidden = {score for juror, scores in SCORES.items() if juror != reader for score in scores} | {FIRST, DRAFT, *SUMS}
        for path in paths:
            headers = (
                {"cookie": f"raymi_sign_in={tokens[reader]}"} if reader != "nobody" and not path.startswith("/api/") else {}
            )
            if reader == "nobody" or headers:
                answer = await stranger.get(path, headers=headers)
            else:
                async with signed_in(reader) as client:
                    answer = await client.get(path)
            assert answer.status_code < 500 or path == "/readyz", (path, answer.text)
            assert [secret for secret in hidden if stands_in(secret, answer.text)] == [], (reader, path)
            probes += len(hidden)
            own += any(stands_in(score, answer.text) for score in SCORES.get(reader, ()))
    assert probes >= 10_000
    assert own >= 4  # each of the two sees the own sheet, on its page and in JSON: so the scan can find scores


async def test_the_record_tells_no_score_either(api_sessions: Sessions, sealed: Sealed) -> None:
    async with transaction(api_sessions) as session:
        payloads = list(await session.scalars(text("SELECT CAST(payload AS text) FROM record_payload")))
    secrets = {score for scores in SCORES.values() for score in scores} | {FIRST, DRAFT, *SUMS}
    assert [each for each in payloads if any(stands_in(secret, each) for secret in secrets)] == []
