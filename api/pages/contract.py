"""A contract: what it says, who signed, its money, its accounts, and how it ends."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of
from api.pages import contract_money as money
from api.pages import contract_signatures as signatures
from api.pages.acts import Empty, act
from api.pages.documents import account_paper_link
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB
from api.pages.payments import in_groups
from api.pages.reports import reports_table
from api.pages.views import Cell, Hash, Link, Table, View, show
from service.accountability.liquidation import complete_donation, liquidate_contract
from service.accountability.queries import get_liquidation
from service.accountability.shapes import LiquidationIn, RefundIn, ReportIn, SecondRequestIn
from service.accountability.usecases import submit_report
from service.contracts import usecases
from service.contracts.models import ContractStatus
from service.contracts.queries import ContractView, get_contract
from service.contracts.rules import TRANSITIONS, ContractAction
from service.contracts.shapes import ReasonIn, RefusalIn
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.money import parse
from service.disbursements.shapes import OwnDepositIn
from service.documents.models import DocumentKind
from service.people.usecases import get_office

router = new_router("contract")

CLOSED = (ContractStatus.LIQUIDATED, ContractStatus.COMPLETED, ContractStatus.WRITTEN_OFF)

ENDS = {
    ContractAction.SUSPEND: ("suspension", "Suspend the contract", usecases.suspend_contract),
    ContractAction.RESUME: ("resumption", "Let the contract go on", usecases.resume_contract),
    ContractAction.ANNUL: ("annulment", "Annul the contract", usecases.annul_contract),
    ContractAction.TERMINATE: ("termination", "Terminate the contract", usecases.terminate_contract),
    ContractAction.WRITE_OFF: ("write-off", "Take the donation off the books", usecases.write_off_contract),
}
"""What an act with a reason does to a contract: its address, its button, its use case."""


@router.get("/contracts/{contract_id}")
async def show_contract(request: Request, session: Work, who: Who, contract_id: UUID) -> Response:
    """A contract with all that belongs to it, for its office."""
    return await _contract(request, session, who, contract_id)


async def _contract(request: Request, session: Session, who: Actor, contract_id: UUID, typed: Typed | None = None) -> Response:
    contract = await get_contract(session, who, contract_id)
    office = await get_office(session, who, contract.office_id)
    view = View(
        contract.number,
        state=contract.status.value,
        crumbs=[
            CRUMB,
            Link(office.name, f"/offices/{office.id}"),
            Link("Contracts", f"/offices/{office.id}/contracts", translate=True),
        ],
        facts=await _facts(session, who, contract),
        tables=[
            _sources(contract),
            await signatures.signature_table(session, who, contract, typed),
            *await money.money_tables(session, who, contract, typed),
            await reports_table(session, who, contract, language_of(request), typed),
        ],
        acts=_acts(who, contract, typed),
    )
    return show(request, view)


async def _facts(session: Session, who: Actor, contract: ContractView) -> list[tuple[str, Cell]]:
    data, subject = contract.data, f"contract:{contract.id}"
    facts: list[tuple[str, Cell]] = [
        ("Organisation", Link(data["group"]["name"], f"/groups/{contract.group_id}")),
        ("Plan", Link(data["plan_title"], f"/applications/{contract.application_id}")),
        ("Contest", Link(data["background"]["contest_title"], f"/contests/{contract.contest_id}")),
        ("Executing nucleus", data["grantor"]["name"]),
        ("Office head", data["grantor"]["head_name"]),
        ("Signs for the organisation", ", ".join(each["name"] for each in data["signatories"])),
        ("Minutes", data["background"]["minutes_number"]),
        ("Term in months", data["months"]),
        ("Account", f"{data['account']['bank']} · CCI {in_groups(data['account']['cci'])}"),
        ("Numbered", contract.numbered_at),
        ("Paper", await account_paper_link(session, who, contract.office_id, DocumentKind.CONTRACT, subject)),
        ("Hash of the contract (SHA-256)", Hash(contract.data_sha256)),
        ("Hash of the rules (SHA-256)", Hash(data["background"]["rules_sha256"])),
    ]
    if contract.status in CLOSED:
        facts += [
            ("Liquidation", (await get_liquidation(session, who, contract.id)).number),
            (
                "Paper of the liquidation",
                await account_paper_link(session, who, contract.office_id, DocumentKind.LIQUIDATION, subject),
            ),
        ]
    return facts


def _sources(contract: ContractView) -> Table:
    """Who pays how much of the plan, in money and in kind."""
    return Table(
        "Amounts",
        ["Who pays", "In money", "In kind"],
        [
            [
                source["name"],
                None if source["in_kind"] else parse(source["amount"]),
                parse(source["amount"]) if source["in_kind"] else None,
            ]
            for source in contract.data["sources"]
        ],
    )


def _acts(who: Actor, contract: ContractView, typed: Typed | None) -> list[Form]:
    here, office_id = f"/contracts/{contract.id}", contract.office_id
    acts: list[Form] = []
    if who.may(Act.LIQUIDATE_CONTRACT, office_id) and contract.status == ContractStatus.IN_FORCE:
        explain = "All payments made, every report decided, nothing left open: then the accounts can be closed."
        acts.append(form(f"{here}/liquidation", "Liquidate the contract", LiquidationIn, typed=typed, explain=explain))
    if who.may(Act.COMPLETE_DONATION, office_id) and contract.status == ContractStatus.LIQUIDATED:
        acts.append(form(f"{here}/completion", "Declare the donation complete", typed=typed))
    if who.may(Act.ANNUL_CONTRACT, office_id):
        acts += [
            form(f"{here}/{name}", title, ReasonIn, typed=typed, danger=action != ContractAction.RESUME)
            for action, (name, title, _) in ENDS.items()
            if (contract.status, action) in TRANSITIONS
        ]
    return acts


async def _contract_of_part(
    request: Request, session: Session, who: Actor, contract_id: UUID, _part: str, typed: Typed
) -> Response:
    return await _contract(request, session, who, contract_id, typed)


def _back(_result: object, contract_id: UUID, *_: object) -> str:
    return f"/contracts/{contract_id}"


HERE = "/contracts/{contract_id}"
act(router, f"{HERE}/signatures/confirmation", Empty, signatures.confirm, page=_contract, to=_back)
act(router, f"{HERE}/signatures/refusal", RefusalIn, signatures.refuse, page=_contract, to=_back)
act(
    router,
    HERE + "/signatures/{party}",
    signatures.SignedIn,
    signatures.register,
    page=_contract_of_part,
    to=_back,
    upload=True,
)
act(router, f"{HERE}/own-deposits", OwnDepositIn, money.record_own_deposit, page=_contract, to=_back)
act(router, HERE + "/tranches/{number}", Empty, money.request_tranche, page=_contract_of_part, to=_back)
act(router, f"{HERE}/second-requests", SecondRequestIn, money.file_second_request, page=_contract, to=_back)
act(router, f"{HERE}/refunds", RefundIn, money.record_refund, page=_contract, to=_back)
act(router, f"{HERE}/reports", ReportIn, submit_report, page=_contract, to=lambda report, _: f"/reports/{report.id}")
act(router, f"{HERE}/liquidation", LiquidationIn, liquidate_contract, page=_contract, to=_back)
act(router, f"{HERE}/completion", Empty, complete_donation, page=_contract, to=_back)
for _name, _, _do in ENDS.values():
    act(router, f"{HERE}/{_name}", ReasonIn, _do, page=_contract, to=_back)
