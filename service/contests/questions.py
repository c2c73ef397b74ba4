"""What a contest asks of whoever applies besides the plan: written while it is a draft, fixed when it is published."""

from collections.abc import Sequence
from uuid import UUID

from service.contests import store
from service.contests.models import Contest, Question, QuestionKind
from service.contests.numbers import read_number
from service.contests.shapes import QuestionIn, QuestionsIn
from service.contests.usecases import get_contest
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import Conflict, Rejected
from service.record import usecases as record

YES, NO = "yes", "no"


class QuestionTwice(Rejected):
    """Two questions have one code."""

    message = "The code “{code}” is used for two questions. Give each question a code of its own."


class ChoicesMismatch(Rejected):
    """Only a choice has something to choose from, and it needs it."""

    message = "The question “{code}” needs things to choose from if it is a choice, and none otherwise."


class NoQuestionsHere(Conflict):
    """Second requests are filed by the office from its accounts, so nobody is there to answer."""

    message = (
        "A contest of second requests asks no questions: the office files them from its accounts. Leave the questions out."
    )


class QuestionsFixed(Conflict):
    """The contest is published."""

    message = "The questions of a published contest are fixed. Make a new contest to ask others."


async def write_questions(session: Session, actor: Actor, contest_id: UUID, given: QuestionsIn) -> Sequence[Question]:
    """Put the questions of a draft contest in place of those there.

    Raises ``NotFound``, ``MissingRole``, ``QuestionsFixed``, ``NoQuestionsHere``, ``QuestionTwice``, ``ChoicesMismatch``.
    """
    contest, call = await store.contest_for_update(session, contest_id)
    actor.require(Act.WRITE_QUESTIONS, call.office_id)
    _require_allowed(contest, given)
    await _replace(session, contest_id, in_order(given.questions))
    await record.append(session, actor, "questions.written", f"contest:{contest_id}", given.model_dump(mode="json"))
    return await store.questions(session, contest_id)


async def list_questions(session: Session, actor: Actor | None, contest_id: UUID) -> Sequence[Question]:
    """The questions of a contest that the actor may see, in their order. Raises ``NotFound``."""
    await get_contest(session, actor, contest_id)
    return await store.questions(session, contest_id)


async def questions_of(session: Session, contest_id: UUID) -> Sequence[Question]:
    """The questions of a contest, for areas above that have checked who asks."""
    return await store.questions(session, contest_id)


async def copy_questions(session: Session, source_id: UUID, target_id: UUID) -> None:
    """Ask in one draft contest what another asks, for the use case that clones it."""
    rows = await store.questions(session, source_id)
    await _replace(
        session,
        target_id,
        [QuestionIn.model_validate(row.model_dump(exclude={"id", "contest_id", "position"})) for row in rows],
    )


def in_order(given: Sequence[QuestionIn]) -> list[QuestionIn]:
    """The questions by their positions. One that is moved takes its new place: up it goes before the one that stands there, down after."""

    def key(entry: tuple[int, QuestionIn]) -> tuple[int, int, int]:
        place, question = entry
        wanted = question.position or place
        return wanted, (wanted > place) - (wanted < place), place

    return [question for _, question in sorted(enumerate(given, 1), key=key)]


def answers(question: Question, text: str) -> bool:
    """Whether a text is an answer of the right kind; nothing is none."""
    match question.kind:
        case QuestionKind.NUMBER:
            return read_number(text) is not None
        case QuestionKind.CHOICE:
            return text in question.choices
        case QuestionKind.YES_NO:
            return text in (YES, NO)
        case _:
            return bool(text)


async def _replace(session: Session, contest_id: UUID, given: Sequence[QuestionIn]) -> None:
    rows = [
        Question(contest_id=contest_id, position=place, **each.model_dump(exclude={"position"}))
        for place, each in enumerate(given, 1)
    ]
    async with refusing(session, {"RY080": QuestionsFixed}):
        await store.replace_questions(session, contest_id, rows)


def _require_allowed(contest: Contest, given: QuestionsIn) -> None:
    if contest.status != "draft":
        raise QuestionsFixed
    if contest.request_number == 2 and given.questions:
        raise NoQuestionsHere("questions")
    codes = [each.code for each in given.questions]
    for place, each in enumerate(given.questions):
        if each.code in codes[:place]:
            raise QuestionTwice(f"questions.{place}.code", code=each.code)
        if (each.kind == QuestionKind.CHOICE) != bool(each.choices):
            raise ChoicesMismatch(f"questions.{place}.choices", code=each.code)
