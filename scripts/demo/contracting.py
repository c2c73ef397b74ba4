"""Contracts: drafted from the signed minutes, numbered, signed in ink before two officers."""

from datetime import date

from scripts.demo.scans import scan
from scripts.demo.stage import Scene, Stage
from service.contracts import signature_usecases as signatures
from service.contracts import usecases
from service.contracts.models import Party
from service.contracts.queries import get_contract
from service.contracts.shapes import ContractDraftIn, InkIn, SignatoryIn
from service.core.actor import Actor
from service.core.money import show
from service.deliberation.awards import award_of

SIGNED_ON = date(2026, 3, 16)


def winners(stage: Stage) -> list[str]:
    """The business plans that were approved, by rank, then the work: their names among the stage's applications."""
    scripts = (("plans", stage.scores.plans), ("idl", stage.scores.idl))
    return [f"{name} {row.application}" for name, script in scripts for row in script.expected.standings if row.award]


async def draft_and_number(stage: Stage) -> str:
    """The secretary drafts each contract, the office head gives it its number."""
    secretary, head = await stage.actor("secretary"), await stage.actor("head")
    numbers = []
    for name in winners(stage):
        award = await award_of(stage.session, stage[f"application {name}"])
        assert award is not None  # the name stands among the winners
        given = ContractDraftIn(
            resolution="Resolución Directoral 041-2025-NEC",
            obligations="Exhibir el cartel del programa en el lugar de la obra o negocio.",
        )
        draft = await usecases.draft_contract(stage.session, secretary, award.id, given)
        contract = await usecases.number_contract(stage.session, head, draft.id)
        stage[f"contract {name}"] = contract.id
        numbers.append(f"{contract.number} for S/ {show(contract.amount)}")
    return "; ".join(numbers) + "."


def _signatories(stage: Stage, name: str) -> list[SignatoryIn]:
    if name.startswith("idl"):
        return [SignatoryIn(person_id=stage["mayor"])]
    seats = [f"{role} of group {name}" for role in ("president", "treasurer")]
    return [SignatoryIn(person_id=stage[seat]) for seat in seats]


async def _sign(stage: Stage, actor: Actor, other: Actor, name: str, party: Party, who: list[SignatoryIn]) -> None:
    contract = await get_contract(stage.session, actor, stage[f"contract {name}"])
    paper = scan(f"Contrato {contract.number}", f"Firmado en tinta: {party.value}", contract.data_sha256)
    given = InkIn(party=party, signed_on=SIGNED_ON, signatories=who)
    row = await signatures.register_ink_signature(
        stage.session, actor, contract.id, given, f"{contract.number}-{party.value}.pdf", paper
    )
    await signatures.confirm_ink_signature(stage.session, other, row.id)


async def sign_by_groups(stage: Stage) -> str:
    """President and treasurer (the mayor for the municipality) sign the printed original; two officers bind the scan."""
    for name in winners(stage):
        first, second = await stage.actor("secretary"), await stage.actor("officer")
        await _sign(stage, first, second, name, Party.GROUP, _signatories(stage, name))
    return f"{len(winners(stage))} contracts signed by the groups, scans bound by SHA-256."


async def sign_by_office(stage: Stage) -> str:
    """The office head signs; the contracts come into force."""
    for name in winners(stage):
        first, second = await stage.actor("secretary"), await stage.actor("officer")
        await _sign(stage, first, second, name, Party.OFFICE, [SignatoryIn(person_id=stage["head"])])
    return f"{len(winners(stage))} contracts are in force."


CONTRACTING = [
    Scene("Draft and number the contracts", "2026-03-12T09:00:00-05:00", draft_and_number),
    Scene("Sign by the groups", "2026-03-16T10:00:00-05:00", sign_by_groups),
    Scene("Sign by the office head", "2026-03-16T16:00:00-05:00", sign_by_office),
]
