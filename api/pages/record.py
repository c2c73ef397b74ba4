"""The record for everybody: its newest signed head, and what a receipt shows."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.deps import Anyone, Work, new_router
from api.language import language_of, say
from api.pages.views import Cell, Hash, Link, Table, View, Word, show
from api.templating import page
from service.core.db import Session
from service.core.errors import NotFound
from service.record import receipts
from service.record.heads import get_head
from service.record.keys import record_signer

router = new_router("record")

WORDS = {
    "application.filed": "An application was filed",
    "application.confirmed": "A group confirmed its application",
    "scoresheet.locked": "A score sheet was locked",
    "scoresheet.superseded": "A score sheet was corrected",
    "vote.recorded": "A vote was recorded",
    "minutes.closed": "Minutes were closed",
    "minutes.signed": "Minutes were signed",
    "appeal.filed": "An appeal was filed",
    "appeal.opinion_given": "A panel member gave an opinion",
    "resolution.signed": "A resolution was signed",
    "contract.numbered": "A contract got its number",
    "signature.confirmed": "A signature was confirmed",
    "account.proposed": "A bank account was proposed",
    "account.confirmed": "A bank account was confirmed",
    "payment.requested": "A payment was requested",
    "payment.checked": "A payment was checked",
    "payment.authorised": "A payment was authorised",
    "batch.prepared": "A bank file was prepared",
    "batch.released": "A bank file was released",
    "deposit.recorded": "A deposit was recorded",
    "report.submitted": "An expense report was submitted",
    "report.decided": "An expense report was decided on",
}
"""What the acts with a receipt are called; of others a receipt says that something was done."""


@router.get("/record")
async def show_record(request: Request, session: Work) -> Response:
    """The newest signed head, the key that signs it, and how to check all of it."""
    try:
        head = await get_head(session)
    except NotFound:
        return show(
            request, View("The record", translate_title=True, notes=[say(language_of(request), "Nothing is signed yet.")])
        )
    facts: list[tuple[str, Cell]] = [
        ("Acts", head.size),
        ("Signed", head.at),
        ("Root", Hash(head.root.hex())),
        ("Key", record_signer().verifier.written),
        ("The signed head", Link("Download", "/api/v1/record/checkpoint", translate=True)),
        ("A receipt", Link("Look it up", "/receipts", translate=True)),
    ]
    lead = (
        "Everything that is done here leaves its hash in a tree that only grows. Its signed head goes to witnesses and stands on the "
        "minutes: with it an auditor can tell whether anybody changed what was done before."
    )
    return show(request, View("The record", translate_title=True, lead=lead, facts=facts))


@router.get("/receipts")
async def ask_receipt(request: Request, session: Work, who: Anyone, code: str = "") -> Response:
    """The question for a receipt's code; who is signed in sees the own ones."""
    if code:
        return RedirectResponse(f"/receipts/{receipts.read_code(code)}", 303)
    own = await receipts.receipts_by(session, who.person_id) if who else []
    rows: list[list[Cell]] = [[Link(each, f"/receipts/{each}"), _words(act), at] for each, act, at in own]
    mine = Table("What I did", ["Receipt", "Act", "When"], rows) if who else None
    return page(request, "pages/receipts.html", mine=mine)


@router.get("/receipts/{code}")
async def show_receipt(request: Request, session: Work, code: str) -> Response:
    """What was done, when, and where it stands in the record; nothing of persons or content."""
    found = await receipts.find_receipt(session, code)
    facts: list[tuple[str, Cell]] = [
        ("Act", _words(found.act)),
        ("When", found.at),
        ("Place in the record", found.inclusion.position),
        ("Hash of the act", Hash(found.inclusion.leaf.hex())),
        ("Acts under the signed head", found.inclusion.head.size),
        ("Root", Hash(found.inclusion.head.root.hex())),
        ("Proof", Link("Download", f"/api/v1/receipts/{found.code}", translate=True)),
    ]
    note = say(language_of(request), "This act stands in the record, under a signed head.")
    return show(request, View(found.code, notes=[note], facts=facts, crumbs=[Link("Receipts", "/receipts", translate=True)]))


def _words(act: str) -> Word:
    return Word(WORDS.get(act, "Another act"))


async def receipt_fact(session: Session, subject: str, *acts: str) -> list[tuple[str, Cell]]:
    """The receipt of the newest of some acts, as a fact of a page about their subject; nothing where none was done."""
    code = await receipts.receipt_of(session, subject, *acts)
    return [("Receipt", Link(code, f"/receipts/{code}"))] if code else []
