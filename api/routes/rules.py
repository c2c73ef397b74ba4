"""Rules while they are written: kept, checked, rehearsed, put in force, carried to another contest; what changed between versions."""

from datetime import datetime
from typing import Any
from uuid import UUID

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from api.routes.contests import ContestOut, RuleBookOut
from service.contests import drafts, questions, usecases
from service.contests.difference import differences
from service.contests.inspection import Inspection
from service.contests.models import QuestionKind, RehearsalKind
from service.contests.numbers import exact
from service.contests.shapes import CloneIn, DraftIn, QuestionsIn, ReasonIn, RehearsalIn, StartIn
from service.core.errors import NotFound
from service.core.money import show
from service.scoring.rehearsals import get_rehearsal, rehearse

router = new_router("rules")


class FindingOut(Out):
    """Something to look at: where in the book, what, and the refusal that publishing would name (empty for a notice)."""

    place: str
    text: str
    refusal: str


class InspectionOut(Out):
    """Everything that was found in rules being written, and what each sheet sums to (None where it cannot be known)."""

    publishable: bool
    findings: list[FindingOut]
    sums: dict[str, str | None]
    total: str | None


class WrittenOut(Out):
    """Rules being written; ``seen`` is the hash to send back, ``sha256`` the one the book would be published under."""

    book: dict[str, Any]
    terms: dict[str, Any]
    sha256: str
    seen: str


class ChangeOut(Out):
    """One value that is not what it was in the version before."""

    where: str
    before: str | None
    after: str | None


class RehearsalOut(Out):
    """That rules were rehearsed: which book, on what, when and by whom."""

    id: UUID
    contest_id: UUID
    sha256: str
    kind: RehearsalKind
    seed: str
    applications: int
    jurors: int
    past_contest_id: UUID | None
    at: datetime
    rehearsed_by: UUID


class TieOut(Out):
    """Applications of equal total, with the ranks they were given."""

    total: str
    applications: list[str]
    ranks: list[int]


class QuestionOut(Out):
    """Something that a contest asks; the answer to a public one becomes an attribute."""

    code: str
    kind: QuestionKind
    label_es: str
    label_en: str
    label_qu: str
    choices: list[str]
    required: bool
    public: bool
    help: str


class RehearsedOut(Out):
    """A rehearsal with its result (format ``raymi-result/1``); None where the rules have changed since."""

    rehearsal: RehearsalOut
    result: dict[str, Any] | None
    purse: str | None = None
    given: str | None = None
    ties: list[TieOut]


@router.get("/contests/{contest_id}/rules-draft/written")
async def get_written(session: Work, who: Who, contest_id: UUID) -> WrittenOut | None:
    """The rules being written of a contest; after publication those in force, until they are edited."""
    _, draft = await drafts.current_draft(session, who, contest_id)
    return WrittenOut.of(draft) if draft else None


@router.post("/contests/{contest_id}/rules-draft/written", status_code=201)
async def keep_draft(session: Work, who: Who, contest_id: UUID, given: DraftIn) -> InspectionOut:
    """Keep rules right or wrong; the answer is what is wrong with them."""
    return _inspected(await drafts.keep_draft(session, who, contest_id, given))


@router.get("/contests/{contest_id}/rules-draft/check")
async def check_draft(session: Work, who: Who, contest_id: UUID) -> InspectionOut:
    """Everything that stands in the way of publishing the rules being written."""
    return _inspected(await drafts.inspect_draft(session, who, contest_id))


@router.post("/contests/{contest_id}/rules-draft/start", status_code=201)
async def start_draft(session: Work, who: Who, contest_id: UUID, given: StartIn) -> WrittenOut:
    """Begin the rules of a contest from a ready rule book or from another contest."""
    return WrittenOut.of(await drafts.start_draft(session, who, contest_id, given))


@router.post("/contests/{contest_id}/rules-draft/publication", status_code=201)
async def publish_draft(session: Work, who: Who, contest_id: UUID, given: ReasonIn) -> RuleBookOut:
    """Put the draft in force in place of published rules, with the reason."""
    return RuleBookOut.of(await drafts.publish_draft(session, who, contest_id, given))


@router.get("/contests/{contest_id}/rule-books/{version}/changes")
async def list_changes(session: Work, who: Anyone, contest_id: UUID, version: int) -> list[ChangeOut]:
    """What a published version changed in the one before it."""
    books = {book.version: book for book in await usecases.list_rule_books(session, who, contest_id)}
    if version not in books or version - 1 not in books:
        raise NotFound
    before, after = ({**books[number].book, "terms": books[number].terms} for number in (version - 1, version))
    return [ChangeOut.of(each) for each in differences(before, after)]


@router.post("/contests/{contest_id}/rehearsals", status_code=201)
async def add_rehearsal(session: Work, who: Who, contest_id: UUID, given: RehearsalIn) -> RehearsalOut:
    """Rehearse the rules being written on an invented contest or on the sheets of a decided one."""
    return RehearsalOut.of(await rehearse(session, who, contest_id, given))


@router.get("/contests/{contest_id}/rehearsals")
async def list_rehearsals(session: Work, who: Who, contest_id: UUID) -> list[RehearsalOut]:
    """The rehearsals of a contest's rules, the newest first."""
    return [RehearsalOut.of(each) for each in await drafts.list_rehearsals(session, who, contest_id)]


@router.get("/rehearsals/{rehearsal_id}")
async def read_rehearsal(session: Work, who: Who, rehearsal_id: UUID) -> RehearsedOut:
    """A rehearsal with its result, computed anew."""
    _, rehearsal, found = await get_rehearsal(session, who, rehearsal_id)
    if found is None:
        return RehearsedOut(rehearsal=RehearsalOut.of(rehearsal), result=None, ties=[])
    return RehearsedOut(
        rehearsal=RehearsalOut.of(rehearsal),
        result=found.result.as_json(),
        purse=None if found.purse is None else show(found.purse),
        given=show(found.given),
        ties=[TieOut.of(each) for each in found.ties],
    )


@router.get("/contests/{contest_id}/questions")
async def list_questions(session: Work, who: Anyone, contest_id: UUID) -> list[QuestionOut]:
    """What a contest asks of whoever applies."""
    return [QuestionOut.of(each) for each in await questions.list_questions(session, who, contest_id)]


@router.post("/contests/{contest_id}/questions", status_code=201)
async def write_questions(session: Work, who: Who, contest_id: UUID, given: QuestionsIn) -> list[QuestionOut]:
    """Put the questions of a draft contest in place of those there."""
    return [QuestionOut.of(each) for each in await questions.write_questions(session, who, contest_id, given)]


@router.post("/contests/{contest_id}/clones", status_code=201)
async def clone_contest(session: Work, who: Who, contest_id: UUID, given: CloneIn) -> ContestOut:
    """Make a draft contest like this one in a draft call: with its rules, terms and questions."""
    return ContestOut.of(await drafts.clone_contest(session, who, contest_id, given))


def _inspected(found: Inspection) -> InspectionOut:
    findings = [FindingOut(place=each.place, text=str(each.text), refusal=each.refusal) for each in found.findings]
    return InspectionOut(
        publishable=not found.grave,
        findings=findings,
        sums={code: None if total is None else exact(total) for code, total in found.sums.items()},
        total=None if found.total is None else exact(found.total),
    )
