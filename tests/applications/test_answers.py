"""Questions of a contest and what applications answer: refused by name where they lack or are of the wrong kind, fixed with filing."""

from typing import Any

import pytest

from service.applications import attribute_rules, attributes, eligibility, usecases
from service.applications.answers import AnswerMissing, AnswerOfOtherKind, UnknownQuestion, answer_questions
from service.applications.budget_rules import BudgetFixed
from service.applications.models import Application
from service.applications.queries import get_dossier
from service.applications.shapes import AnswersIn, ReturnIn
from service.contests import drafts, questions
from service.contests import usecases as contests
from service.contests.models import Contest, QuestionKind
from service.contests.shapes import CloneIn, QuestionIn, QuestionsIn
from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from tests.cast import Cast
from tests.contests.test_rule_books import sqlstate
from tests.make.applications import add_papers, make_application
from tests.make.contests import DAY, add_contest, make_call

ASKED = [
    QuestionIn(code="why", label_es="¿Por qué?", kind=QuestionKind.TEXT, required=True),
    QuestionIn(
        code="hectares", label_es="¿Cuántas hectáreas?", label_en="How many hectares?", kind=QuestionKind.NUMBER, required=True
    ),
    QuestionIn(code="water", label_es="¿De dónde viene el agua?", kind=QuestionKind.CHOICE, choices=["Río", "Manantial"]),
    QuestionIn(code="led_by_women", label_es="¿La dirigen mujeres?", kind=QuestionKind.YES_NO, public=True),
]
RIGHT = {"why": "Falta agua", "hectares": "3.5", "water": "Río", "led_by_women": "yes"}


async def asking(session: Session, cast: Cast, asked: list[QuestionIn] | None = None, *, publish: bool = True) -> Contest:
    """A contest with questions, published unless told."""
    call = await make_call(session, cast)
    contest = await add_contest(session, cast, call)
    await questions.write_questions(
        session, cast.programme, contest.id, QuestionsIn(questions=ASKED if asked is None else asked)
    )
    if publish:
        await contests.publish_call(session, cast.programme, call.id)
    return contest


async def written(session: Session, cast: Cast, contest: Contest, **given: str) -> Application:
    """An application with its papers, still being written, with these answers."""
    application = await make_application(session, cast, contest)
    await add_papers(session, cast, contest, application)
    if given:
        await answer_questions(session, cast.promoter, application.id, AnswersIn(answers=given))
    return application


async def test_a_filed_application_carries_its_answers_and_public_ones_are_attributes(session: Session, cast: Cast) -> None:
    contest = await asking(session, cast)
    application = await written(session, cast, contest, **RIGHT)
    await usecases.file_application(session, cast.promoter, application.id)
    found = await get_dossier(session, cast.secretary, application.id)
    assert found.answers == RIGHT
    assert [question.code for question in found.questions] == ["why", "hectares", "water", "led_by_women"]
    known = (await attributes.attributes_of_contest(session, contest.id))[application.id]
    assert {name: value for name, value in known.items() if name in RIGHT} == {"led_by_women": "yes"}


@pytest.mark.parametrize(("left_out", "named"), [("why", "¿Por qué?"), ("hectares", "¿Cuántas hectáreas?")])
async def test_filing_without_an_answer_is_refused_with_the_question(
    session: Session, cast: Cast, left_out: str, named: str
) -> None:
    contest = await asking(session, cast)
    given = {code: value for code, value in RIGHT.items() if code != left_out}
    application = await written(session, cast, contest, **given)
    with pytest.raises(AnswerMissing) as refused:
        await usecases.file_application(session, cast.promoter, application.id)
    assert (refused.value.field, refused.value.values["question"]) == (f"answers.{left_out}", named)


async def test_what_need_not_be_answered_may_be_left_or_taken_back(session: Session, cast: Cast) -> None:
    contest = await asking(session, cast)
    application = await written(session, cast, contest, **RIGHT)
    kept = await answer_questions(session, cast.promoter, application.id, AnswersIn(answers={"water": "", "hectares": "4"}))
    assert kept == {"why": "Falta agua", "hectares": "4", "led_by_women": "yes"}
    await usecases.file_application(session, cast.promoter, application.id)


@pytest.mark.parametrize(
    ("code", "value", "refusal"),
    [
        ("hectares", "many", AnswerOfOtherKind),
        ("water", "Mar", AnswerOfOtherKind),
        ("led_by_women", "perhaps", AnswerOfOtherKind),
        ("colour", "red", UnknownQuestion),
    ],
)
async def test_an_answer_of_the_wrong_kind_is_refused_at_its_question(
    session: Session, cast: Cast, code: str, value: str, refusal: type[Exception]
) -> None:
    application = await written(session, cast, await asking(session, cast))
    with pytest.raises(refusal) as refused:
        await answer_questions(session, cast.promoter, application.id, AnswersIn(answers={code: value}))
    assert getattr(refused.value, "field", None) == f"answers.{code}"


async def test_a_public_answer_must_be_readable_to_the_rules(session: Session, cast: Cast) -> None:
    asked = [QuestionIn(code="families_present_share", label_es="Parte", kind=QuestionKind.TEXT, public=True)]
    application = await written(session, cast, await asking(session, cast, asked))
    with pytest.raises(attribute_rules.AttributeNotANumber):
        given = AnswersIn(answers={"families_present_share": "casi todas"})
        await answer_questions(session, cast.promoter, application.id, given)


async def test_answers_are_fixed_with_filing_and_open_again_for_correction(session: Session, cast: Cast) -> None:
    contest = await asking(session, cast)
    application = await written(session, cast, contest, **RIGHT)
    await usecases.file_application(session, cast.promoter, application.id)
    with pytest.raises(BudgetFixed):
        await answer_questions(session, cast.promoter, application.id, AnswersIn(answers={"why": "Otra"}))
    until = await clock.now(session) + DAY
    given = ReturnIn(correct_until=until, note="Corrija")
    await eligibility.return_application(session, cast.secretary, application.id, given)
    await answer_questions(session, cast.promoter, application.id, AnswersIn(answers={"led_by_women": "no"}))
    await usecases.file_application(session, cast.promoter, application.id)
    assert (await attributes.attributes_of_contest(session, contest.id))[application.id]["led_by_women"] == "no"


async def test_only_the_keepers_of_the_office_answer(session: Session, cast: Cast) -> None:
    application = await written(session, cast, await asking(session, cast))
    with pytest.raises(MissingRole):
        await answer_questions(session, cast.auditor, application.id, AnswersIn(answers=RIGHT))


async def test_the_database_keeps_answers_fixed_and_to_the_questions_of_the_contest(session: Session, cast: Cast) -> None:
    contest = await asking(session, cast)
    other = await asking(session, cast)
    application = await written(session, cast, contest, **RIGHT)
    [foreign, *_] = await questions.questions_of(session, other.id)
    insert = "INSERT INTO application_answer (application_id, question_id, value) VALUES (:application, :question, 'x')"
    assert await sqlstate(session, insert, application=application.id, question=foreign.id) == "RY081"
    await usecases.file_application(session, cast.promoter, application.id)
    for statement in ("UPDATE application_answer SET value = 'x'", "DELETE FROM application_answer"):
        assert await sqlstate(session, f"{statement} WHERE application_id = :id", id=application.id) == "RY081"


async def test_questions_are_fixed_with_publication_by_the_database_too(session: Session, cast: Cast) -> None:
    contest = await asking(session, cast)
    with pytest.raises(questions.QuestionsFixed):
        await questions.write_questions(session, cast.programme, contest.id, QuestionsIn())
    insert = (
        "INSERT INTO question (id, contest_id, position, code, kind, label_es, label_en, label_qu, choices, required, public, help) "
        "VALUES (:id, :contest, 9, 'x', 'text', 'x', '', '', '[]', false, false, '')"
    )
    assert await sqlstate(session, insert, id=new_id(), contest=contest.id) == "RY080"
    for statement in ("UPDATE question SET required = false", "DELETE FROM question"):
        assert await sqlstate(session, f"{statement} WHERE contest_id = :id", id=contest.id) == "RY080"


async def test_a_draft_question_does_not_move_into_a_published_contest(session: Session, cast: Cast) -> None:
    published, draft = await asking(session, cast), await asking(session, cast, publish=False)
    statement = "UPDATE question SET contest_id = :to, code = code || '_x' WHERE contest_id = :from"
    assert await sqlstate(session, statement, **{"to": published.id, "from": draft.id}) == "RY080"
    assert await sqlstate(session, statement, **{"to": draft.id, "from": published.id}) == "RY080"


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ([ASKED[0], ASKED[0]], questions.QuestionTwice),
        ([QuestionIn(code="x", label_es="X", kind=QuestionKind.CHOICE)], questions.ChoicesMismatch),
        ([QuestionIn(code="x", label_es="X", kind=QuestionKind.TEXT, choices=["a"])], questions.ChoicesMismatch),
    ],
)
async def test_questions_that_cannot_be_asked_are_refused(
    session: Session, cast: Cast, asked: list[QuestionIn], refusal: type[Exception]
) -> None:
    contest = await asking(session, cast, publish=False)
    with pytest.raises(refusal):
        await questions.write_questions(session, cast.programme, contest.id, QuestionsIn(questions=asked))
    assert len(await questions.list_questions(session, cast.secretary, contest.id)) == 4


async def test_second_requests_are_asked_nothing(session: Session, cast: Cast) -> None:
    contest = await add_contest(session, cast, await make_call(session, cast), "pdn-second")
    with pytest.raises(questions.NoQuestionsHere):
        await questions.write_questions(session, cast.programme, contest.id, QuestionsIn(questions=ASKED))


async def test_the_programme_writes_questions_and_everybody_reads_them_once_published(session: Session, cast: Cast) -> None:
    draft = await asking(session, cast, publish=False)
    with pytest.raises(MissingRole):
        await questions.write_questions(session, cast.secretary, draft.id, QuestionsIn())
    with pytest.raises(NotFound):
        await questions.list_questions(session, Actor(cast.mayor.person_id, cast.mayor.name), draft.id)
    await contests.publish_call(session, cast.programme, draft.call_id)
    assert [row.label_en for row in await questions.list_questions(session, None, draft.id)] == [
        "",
        "How many hectares?",
        "",
        "",
    ]


async def test_a_clone_asks_the_same(session: Session, cast: Cast) -> None:
    like = await asking(session, cast)
    given = CloneIn(call_id=(await make_call(session, cast)).id, code="C", title="C")
    made = await drafts.clone_contest(session, cast.programme, like.id, given)

    async def asked(contest_id: Any) -> list[dict[str, Any]]:
        return [row.model_dump(exclude={"id", "contest_id"}) for row in await questions.questions_of(session, contest_id)]

    assert await asked(made.id) == await asked(like.id) != []
