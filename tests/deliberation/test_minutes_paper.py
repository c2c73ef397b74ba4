"""What closed minutes say, and their paper."""

from datetime import datetime
from typing import Any

from service.applications.shapes import PresentIn
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.models import Capacity, SessionStatus
from service.deliberation.shapes import AbsenceIn, ArrivalIn, NarrativeIn
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document, render_document
from service.funding.usecases import assign_fund
from service.people.group_usecases import families_of
from service.scoring.paper_models import PaperSheet
from service.scoring.paper_rules import grouped
from service.scoring.paper_sheets import print_sheet, type_paper
from service.scoring.presence import close_presence, enter_present
from service.scoring.shapes import CorrectionIn, DeclarationIn, PaperTypingIn
from service.scoring.usecases import declare_conflict, supersede_scoresheet
from tests.cast import Cast
from tests.make.deliberation import announce, arrive, convene, make_announced, make_open_session, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_committee, make_person
from tests.make.scoring import NO_CONFLICT, Played, play_bundle

AWARDED = "25333.38"


async def test_minutes_freeze_their_data_under_the_number_of_the_session(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    assert minutes.number == "001-2026-SICUANI"
    assert minutes.data_sha256 == sha256_hex(minutes.data)
    assert (row.status, row.closed_at) == (SessionStatus.CLOSED, minutes.closed_at)
    document = await latest_document(session, DocumentKind.MINUTES, f"minutes:{minutes.id}")
    assert document is not None
    assert (document.data, document.data_sha256) == (minutes.data, minutes.data_sha256)
    (table,) = minutes.data["results"]
    assert (table["contest_code"], table["mark"], table["purse"]) == (played.contest.code, "70", None)
    shown = [
        (line["application_code"], line["score"], line["rank"], line["project_amount"], line["outcome"], line["reasons"])
        for line in table["rows"]
    ]
    assert shown == [
        ("D", "84.17", 1, "10000.05", "approved", []),
        ("A", "84.17", 2, "15333.33", "approved", []),
        ("B", "69.83", 3, "9000.00", "not_approved", ["below_mark"]),
        ("C", "63.17", 4, "7500.00", "not_approved", ["below_mark"]),
        ("E", None, None, "8000.00", "disqualified", ["knocked_out:families_present_share"]),
    ]
    assert [line["stages"] for line in table["rows"]] == [
        [{"stage": "field", "value": "42.50"}, {"stage": "public", "value": "41.67"}],
        [{"stage": "field", "value": "42.50"}, {"stage": "public", "value": "41.67"}],
        [{"stage": "field", "value": "33.50"}, {"stage": "public", "value": "36.33"}],
        [{"stage": "field", "value": "29.50"}, {"stage": "public", "value": "33.67"}],
        [],
    ]
    assert table["totals"] == {
        "approved": 2,
        "project_amount": AWARDED,
        "own_amount": "5000.00",
        "total_amount": "30333.38",
    }
    assert minutes.data["grand_totals"] == [
        {
            "currency": "PEN",
            "project_amount": AWARDED,
            "own_amount": "5000.00",
            "total_amount": "30333.38",
            "prizes": "0.00",
        }
    ]
    (book,) = minutes.data["rule_books"]
    assert (book["version"], book["sha256"]) == (1, sha256_hex(played.bundle.rules))
    assert minutes.data["draws"] == [{"contest_code": played.contest.code, "seed": "acta-003-2026"}]
    assert (minutes.data["applications"], minutes.data["approved"]) == (5, 2)
    assert [line.rpartition(" (")[2] for line in minutes.data["reentry"]] == ["B)", "C)", "E)"]


async def test_minutes_say_who_was_there_recused_and_absent(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans-recusal-and-absence")
    row = await convene(session, cast, committee, played.contest, agenda=" Uno \n\nDos")
    await arrive(session, cast, row, *cast.jurors[:4])
    guest = (await make_person(session, cast.secretary, given_names="Graciela", family_names="Pinto")).id
    await usecases.record_arrival(session, cast.secretary, row.id, ArrivalIn(person_id=guest, capacity=Capacity.GUEST))
    await usecases.record_departure(session, cast.secretary, row.id, guest)
    await usecases.open_session(session, cast.secretary, row.id)
    juror = played.panel["J5"]
    conflict = DeclarationIn(conflict=True, reason="Es mi cuñada")
    await declare_conflict(session, juror, played.applications["A"].id, conflict)
    absence = AbsenceIn(application_id=played.applications["B"].id, stage="public", person_id=juror.person_id)
    await usecases.record_absence(session, cast.mayor, row.id, absence)
    fund = await make_fund(session, cast)
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    narrative = NarrativeIn(development="Se expuso en quechua.", custody="En la oficina.")
    await usecases.edit_minutes(session, cast.secretary, row.id, narrative)
    data: dict[str, Any] = (await usecases.close_minutes(session, cast.secretary, row.id)).data
    assert data["quorum"] == {"appointed": 6, "present": 5, "needed": 4, "chair_present": True}
    assert [(each["name"], each["capacity"], each["body"], each["left_at"] is None) for each in data["present"]] == [
        ("Marcos Champi Sulca", "chair", "Provincia de Canchis", True),
        ("Julia Arapa Kana", "member", "Provincia de Canchis", True),
        ("Jacinto Borda Lima", "member", "Provincia de Canchis", True),
        ("Justina Callo Merma", "member", "Provincia de Canchis", True),
        ("Juan Deza Noa", "member", "Provincia de Canchis", True),
        ("Graciela Pinto", "guest", "", False),
    ]
    assert [each["name"] for each in data["missing"]] == ["Juana Espirilla Oré"]
    assert [each["name"] for each in data["signers"]] == [each["name"] for each in data["present"][:5]]
    assert data["agenda"] == ["Uno", "Dos"]
    recusals = [(each["application_code"], each["juror"], each["origin"], each["reasons"]) for each in data["recusals"]]
    assert recusals == [("A", "Juana Espirilla Oré", "declared", ["Es mi cuñada"])]
    absences = [(each["application_code"], each["stage"], each["juror"]) for each in data["absences"]]
    assert absences == [("B", "public", "Juana Espirilla Oré")]
    assert (data["development"], data["custody"]) == ("Se expuso en quechua.", "En la oficina.")
    assert (data["committee"], data["ordinal"], data["place"]["district"]) == ("CLAR Sicuani", 1, "Sicuani")


async def type_twice(session: Session, cast: Cast, played: Played, code: str) -> PaperSheet:
    """J1's field sheet of an application, on paper and typed in by the secretary and the promoter."""
    juror, application = played.panel["J1"], played.applications[code]
    await declare_conflict(session, juror, application.id, NO_CONFLICT)
    paper = await print_sheet(session, cast.secretary, application.id, "field", juror.person_id)
    scores = {row[3]: row[4] for row in played.bundle.sheets if row[:3] == (code, "field", "J1")}
    for typist in (cast.secretary, cast.promoter):
        paper = await type_paper(session, typist, PaperTypingIn(code=paper.code, scores=scores))
    return paper


async def test_minutes_name_each_superseded_sheet_and_each_sheet_from_paper(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", skip=[("A", "field", "J1")])
    paper = await type_twice(session, cast, played, "A")
    first = {row[3]: row[4] for row in played.bundle.sheets if row[:3] == ("B", "field", "J1")}
    juror, application = played.panel["J1"], played.applications["B"].id
    for reason in ("Leí mal la tabla", "Otra vez"):
        given = CorrectionIn(scores=first, reason=reason)
        last = await supersede_scoresheet(session, juror, application, "field", given)
    row = await convene(session, cast, committee, played.contest)
    await arrive(session, cast, row)
    await usecases.open_session(session, cast.secretary, row.id)
    await assign_fund(session, cast.programme, played.contest.id, (await make_fund(session, cast)).id)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    data: dict[str, Any] = (await usecases.close_minutes(session, cast.secretary, row.id)).data
    name = "Julia Arapa Kana"
    lines = [(each["application_code"], each["stage"], each["juror"], each["reason"]) for each in data["superseded"]]
    assert lines == [("B", "field", name, "Leí mal la tabla"), ("B", "field", name, "Otra vez")]
    assert datetime.fromisoformat(data["superseded"][1]["at"]) == last.locked_at
    typed = [(each["application_code"], each["juror"], each["code"], each["typed_by"]) for each in data["paper_sheets"]]
    assert typed == [("A", name, grouped(paper.code), ["Sonia Quispe Choque", "Paulina Mamani Ccopa"])]
    (table,) = data["results"]
    assert [line["score"] for line in table["rows"] if line["application_code"] == "B"] == ["69.83"]


async def test_minutes_of_a_family_contest_hold_places_and_prizes(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast, "cif-prizes", "1200.00")
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    (table,) = minutes.data["prizes"]
    assert [(line["place"], line["application_code"], line["prize"], line["pooled"]) for line in table["rows"]] == [
        (1, "F03", "300.00", False),
        (2, "F06", "240.00", False),
        (3, "F01", "180.00", False),
        (4, "F02", "100.00", True),
        (4, "F04", "100.00", True),
        (4, "F09", "100.00", True),
        (7, "F08", "60.00", False),
        (8, "F05", "50.00", False),
        (9, "F10", "40.00", False),
        (10, "F07", "30.00", False),
    ]
    assert (table["purse"], table["given"], minutes.data["results"]) == ("1200.00", "1200.00", [])
    assert minutes.data["grand_totals"][0]["prizes"] == "1200.00"


async def test_the_paper_of_the_minutes_is_drawn(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    document = await latest_document(session, DocumentKind.MINUTES, f"minutes:{minutes.id}")
    assert document is not None
    file = await render_document(session, document.id)
    assert file.content.startswith(b"%PDF-")


async def test_minutes_hold_the_families_counted_at_the_visit_which_disqualify(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    visited = played.applications["E"]
    head = (await families_of(session, visited.group_id))[0].head
    await enter_present(session, played.panel["J1"], visited.id, PresentIn(person_ids=[head.id]))
    await close_presence(session, played.panel["J1"], visited.id)
    await assign_fund(session, cast.programme, played.contest.id, (await make_fund(session, cast)).id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    data: dict[str, Any] = (await usecases.close_minutes(session, cast.secretary, row.id)).data
    (line,) = data["before_scores"]["presences"]
    assert (line["application_code"], line["present"], line["families"]) == ("E", 1, 3)
    assert (line["closed_by"], line["reason"]) == ("Julia Arapa Kana", "")
    assert data["before_scores"]["calibrations"] == []
    (table,) = data["results"]
    (result,) = [each for each in table["rows"] if each["application_code"] == "E"]
    assert result["reasons"] == ["knocked_out:families_present_share"]
