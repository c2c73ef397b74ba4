"""The rules of a contest: those in force with what changed, the draft as JSON, where to start from."""

import json
from itertools import pairwise
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.language import language_of, say, say_reasons
from api.pages.acts import Empty, act
from api.pages.calls import label
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Hash, Link, Table, View, Word, show
from service.contests import drafts, usecases
from service.contests.difference import differences
from service.contests.fields import malformed
from service.contests.models import Contest, ContestStatus, PublishedRuleBook, RuleBookDraft
from service.contests.ready_books import template, templates
from service.contests.rules import is_time_for
from service.contests.shapes import RevisionIn, RulesIn, StartIn, TermsIn
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.texts import Phrase

router = new_router("rules")


@router.get("/contests/{contest_id}/rules")
async def show_rules(request: Request, session: Work, who: Anyone, contest_id: UUID, ready: str = "") -> Response:
    """The rules of a contest: those in force with their hash, or the draft to edit, from a ready book if wanted."""
    return await _rules(request, session, who, contest_id, ready=ready)


async def _rules(
    request: Request, session: Session, who: Actor | None, contest_id: UUID, typed: Typed | None = None, ready: str = ""
) -> Response:
    contest, call = await usecases.contest_with_call(session, contest_id)
    await usecases.get_contest(session, who, contest_id)
    books = await usecases.list_rule_books(session, who, contest_id)
    links: list[tuple[str, Cell]] = []
    acts: list[Form] = []
    if who and who.may(Act.WRITE_RULES, call.office_id) and is_time_for(Act.WRITE_RULES, contest.status):
        _, draft = await drafts.current_draft(session, who, contest_id)
        acts = await _acts(session, who, contest, books, ready, typed)
        if draft is not None:
            links = [("Draft", Link("Write the rules in a form", f"/contests/{contest_id}/rules/form", translate=True))]
    tables = [await _published(session, who, contest_id, books)]
    if contest.status == ContestStatus.DRAFT:
        tables.append(_ready(request, contest_id))
    if books:
        tables += _criteria(books[0].book, language_of(request))
        tables += [changes_table(language_of(request), new, old) for new, old in pairwise(books)]
    crumbs = [Link(contest.title, f"/contests/{contest_id}")]
    return show(request, View("Rules", translate_title=True, crumbs=crumbs, facts=links, tables=tables, acts=acts))


async def _acts(
    session: Session, who: Actor, contest: Contest, books: list[PublishedRuleBook], ready: str, typed: Typed | None
) -> list[Form]:
    here = f"/contests/{contest.id}"
    values: dict[str, dict[str, object]]
    values = {"book": books[0].book, "terms": dict(books[0].terms)} if books else await _start(session, who, contest.id, ready)
    values.get("terms", {}).pop("format", None)
    if contest.status == ContestStatus.PUBLISHED:
        return [form(f"{here}/revisions", "Put new rules in force", RevisionIn, values=values, typed=typed)]
    entries = await usecases.list_contests(session, who)
    choices = {
        "ready": [(each.code, each.title["es"]) for each in templates()],
        "contest_id": [
            (str(e.contest.id), f"{e.call.code} · {e.contest.title}") for e in entries if e.contest.id != contest.id
        ],
    }
    explain = "This puts what you choose in place of the draft."
    return [
        form(f"{here}/rules/start", "Start the rules from", StartIn, choices=choices, typed=typed, explain=explain),
        form(f"{here}/rules", "Save the rules", RulesIn, values=values, typed=typed),
        form(f"{here}/rules/file", "Take the rules from a file", files=[("file", "File")], typed=typed, explain=explain),
    ]


async def _start(session: Session, who: Actor, contest_id: UUID, ready: str) -> dict[str, dict[str, object]]:
    if ready in {each.code for each in templates()}:
        chosen = template(ready)
        return {"book": chosen.book, "terms": chosen.terms.model_dump()}
    draft = await usecases.get_rules_draft(session, who, contest_id)
    return {"book": draft.book, "terms": dict(draft.terms)} if draft else {}


async def _published(session: Session, who: Actor | None, contest_id: UUID, books: list[PublishedRuleBook]) -> Table:
    rehearsed = await drafts.first_rehearsals(session, who, contest_id)
    rows: list[list[Cell]] = [
        [
            book.version,
            Hash(book.sha256),
            rehearsed[book.sha256].at if book.sha256 in rehearsed else Word("not rehearsed"),
            book.reason,
            book.published_at,
        ]
        for book in books
    ]
    return Table("Published rules", ["Version", "SHA-256", "Rehearsed", "Reason", "When"], rows)


def changes_table(language: str, new: PublishedRuleBook | drafts.Draft, old: PublishedRuleBook) -> Table:
    """What one version, or the draft, says differently from the version before."""
    before, after = ({**each.book, "terms": each.terms} for each in (old, new))
    rows: list[list[Cell]] = [
        [say_reasons(language, [each.where]), _said(language, each.before), _said(language, each.after)]
        for each in differences(before, after)
    ]
    heading = f"{new.version} ← {old.version}" if isinstance(new, PublishedRuleBook) else ""
    return Table("What changed", ["Where", "Before", "After"], rows, empty="Nothing changed.", heading=heading)


def _said(language: str, text: str | None) -> str | None:
    return say(language, text) if text in ("yes", "no") else text


def _ready(request: Request, contest_id: UUID) -> Table:
    language = "en" if language_of(request) == "en" else "es"
    return Table(
        "Ready rule books to start from",
        ["Code", "Title", "Type of plan"],
        [
            [Link(each.code, f"/contests/{contest_id}/rules?ready={each.code}"), each.title[language], each.plan_type.value]
            for each in templates()
        ],
    )


def _criteria(book: dict[str, object], language: str) -> list[Table]:
    stages = book["stages"]
    assert isinstance(stages, list)  # a published book has been parsed
    return [
        Table(
            "Criteria",
            ["Stage", "Criterion", "Kind", "From", "To"],
            [
                [
                    Word(stage["code"]),
                    label(criterion, language),
                    Word(criterion["kind"]),
                    criterion.get("min", "0"),
                    criterion.get("max", ""),
                ]
                for criterion in stage["criteria"]
            ],
        )
        for stage in stages
    ]


async def _take_file(session: Session, who: Actor, contest_id: UUID, _name: str, content: bytes) -> RuleBookDraft:
    """The draft from a file as the form's page gives it out, or from a bare rule book, which leaves the terms as they are."""
    try:
        value = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise malformed("", Phrase("an object is expected"))
    if "book" not in value:
        _, draft = await drafts.current_draft(session, who, contest_id)
        if draft is None:
            raise drafts.NothingWritten
        value = {"book": value, "terms": draft.terms}
    terms = value.get("terms")
    try:
        kept = {key: each for key, each in terms.items() if key != "format"} if isinstance(terms, dict) else {}
        given = RulesIn(book=value["book"], terms=TermsIn.model_validate(kept))
    except ValidationError:
        raise malformed("terms", Phrase("an object is expected")) from None
    return await usecases.save_rules(session, who, contest_id, given)


def _form_page(_result: object, contest_id: UUID) -> str:
    return f"/contests/{contest_id}/rules/form"


def _rules_page(_result: object, contest_id: UUID) -> str:
    return f"/contests/{contest_id}/rules"


act(router, "/contests/{contest_id}/rules", RulesIn, usecases.save_rules, page=_rules, to=_rules_page)
act(router, "/contests/{contest_id}/revisions", RevisionIn, usecases.revise_rules, page=_rules, to=_rules_page)
act(router, "/contests/{contest_id}/rules/start", StartIn, drafts.start_draft, page=_rules, to=_form_page)
act(router, "/contests/{contest_id}/rules/file", Empty, _take_file, page=_rules, to=_form_page, upload=True)
