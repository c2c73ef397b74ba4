"""What an application answers to the questions of its contest: written until it is filed, and complete then."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from service.applications import attribute_rules, attributes, budget_rules, store
from service.applications.models import Answer, Application
from service.applications.shapes import AnswersIn, AttributeIn
from service.contests import questions as asking
from service.contests.book import RuleBook, parse
from service.contests.models import Question
from service.contests.usecases import contest_with_call, rules_in_force
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Rejected
from service.record import usecases as record

SOURCE = "Answered in the application"


class UnknownQuestion(Rejected):
    """The contest does not ask this."""

    message = "This contest has no question “{code}”. Answer the ones it has."


class AnswerMissing(Rejected):
    """A question that must be answered is not."""

    message = "The question “{question}” must be answered before filing. Answer it."


class AnswerOfOtherKind(Rejected):
    """The answer is not of the kind that was asked for."""

    message = "The answer to “{question}” is not of the kind that was asked for ({kind}). Write it again."


async def answer_questions(session: Session, actor: Actor, application_id: UUID, given: AnswersIn) -> dict[str, str]:
    """Put answers beside those there, until the application is filed; all answers by code.

    Raises ``NotFound``, ``MissingRole``, ``BudgetFixed``, ``UnknownQuestion``, ``AnswerOfOtherKind``, and ``AttributeNotANumber`` or ``NotAShare``
    where the rules look at a public one and could not read it.
    """
    application = await store.application_for_update(session, application_id)
    contest, call = await contest_with_call(session, application.contest_id)
    actor.require(Act.ANSWER_QUESTIONS, call.office_id)
    budget_rules.require_being_written(application.status)
    questions = await asking.questions_of(session, contest.id)
    book = parse((await rules_in_force(session, contest.id)).book)
    for code, text in given.answers.items():
        _require_right(questions, book, code, text)
    kept = {**await answers_of(session, application_id), **given.answers}
    kept = {code: text for code, text in kept.items() if text}
    ids = {question.code: question.id for question in questions}
    rows = [Answer(application_id=application_id, question_id=ids[code], value=text) for code, text in kept.items()]
    await store.replace_answers(session, application_id, rows)
    await record.append(session, actor, "application.answered", f"application:{application_id}", {"answers": kept})
    return kept


async def answers_of(session: Session, application_id: UUID) -> dict[str, str]:
    """The answers of an application by the code of the question, for areas that have checked who asks."""
    return {question.code: answer.value for question, answer in await store.answers_of(session, application_id)}


async def take_answers(session: Session, actor: Actor, application: Application, book: RuleBook) -> dict[str, str]:
    """The answers as the application is filed: complete, and public ones entered as attributes. Raises ``AnswerMissing``."""
    questions = await asking.questions_of(session, application.contest_id)
    found = await answers_of(session, application.id)
    require_complete(questions, found)
    for question in questions:
        text = found.get(question.code)
        if question.public and text:
            attribute_rules.require_readable(book, question.code, text)
            await attributes.record_answer(
                session, actor, application, AttributeIn(name=question.code, value=text, source=SOURCE)
            )
    return found


def require_complete(questions: Sequence[Question], answers: Mapping[str, str]) -> None:
    """Raises ``AnswerMissing`` for the first question that must be answered and is not."""
    for question in questions:
        if question.required and not answers.get(question.code):
            raise AnswerMissing(f"answers.{question.code}", question=question.label_es)


def _require_right(questions: Sequence[Question], book: RuleBook, code: str, text: str) -> None:
    question = next((each for each in questions if each.code == code), None)
    if question is None:
        raise UnknownQuestion(f"answers.{code}", code=code)
    if text and not asking.answers(question, text):
        raise AnswerOfOtherKind(f"answers.{code}", question=question.label_es, kind=question.kind)
    if text and question.public:
        attribute_rules.require_readable(book, code, text)
