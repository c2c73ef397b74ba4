"""The rights table: rows that add up, and no other place that says who may do what."""

import re
from itertools import combinations
from uuid import UUID

import pytest

from scripts.commands import rights as command
from service.core.actor import Actor, Grant, MissingRole, may
from service.core.acts import Act, Phase, Relation, Role
from service.core.rights import RIGHTS, holders, permits, phases
from service.core.settings import ROOT

HERE, THERE = UUID(int=1), UUID(int=2)
LISTS_OF_DUTIES = {"service/contracts/store.py", "service/people/signing_in.py"}
"""Whose name a paper prints, and the first administrator: they ask for a role, not for a right."""


def actor(*grants: Grant) -> Actor:
    """Somebody with these roles."""
    return Actor(UUID(int=9), "Nadie", frozenset(grants))


def test_every_act_is_asked_for_somewhere() -> None:
    text = "\n".join(path.read_text() for folder in ("service", "api") for path in (ROOT / folder).rglob("*.py"))
    asked = set(re.findall(r"\bAct\.([A-Z_]+)", text.replace((ROOT / "service/core/rights.py").read_text(), "")))
    by_relation = {
        "DECLARE_CONFLICT",
        "CALIBRATE",
        "HEAR_APPEAL",
    }
    assert {act.name for act in Act} - asked == by_relation


def test_rows_of_one_act_never_say_the_same_twice() -> None:
    for one, other in combinations(RIGHTS, 2):
        if one.act == other.act:
            assert not (set(one.holders) & set(other.holders) and set(one.phases) & set(other.phases)), one


def test_no_other_place_says_which_role_may_do_something() -> None:
    naming = {
        str(path.relative_to(ROOT))
        for folder in ("service", "api")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"(?<!Board)\bRole\.[A-Z_]+", path.read_text())
    }
    about_roles = {"service/people/rules.py", "api/pages/contract_signatures.py", "service/people/deputy_rules.py"}
    assert naming - LISTS_OF_DUTIES - about_roles == {"service/core/rights.py"}


def test_a_right_holds_in_the_office_of_the_role_or_everywhere() -> None:
    local, general = actor(Grant(Role.SECRETARY, HERE)), actor(Grant(Role.SECRETARY))
    assert [local.may(Act.LEAD_SESSION, office) for office in (HERE, THERE, None)] == [True, False, False]
    assert [general.may(Act.LEAD_SESSION, office) for office in (HERE, THERE, None)] == [True, True, True]
    assert (local.offices(Act.LEAD_SESSION), general.offices(Act.LEAD_SESSION)) == (frozenset({HERE}), None)
    assert local.offices(Act.RELEASE_BATCH) == frozenset()


def test_a_refusal_names_who_may() -> None:
    with pytest.raises(MissingRole) as refused:
        actor(Grant(Role.PROMOTER, HERE)).require(Act.WITHDRAW_BATCH, HERE)
    assert refused.value.values == {"roles": (Role.ADMINISTRATOR, Role.TREASURER)} == {"roles": holders(Act.WITHDRAW_BATCH)}


def test_who_has_a_seat_reads_no_tally_whatever_the_office_gave() -> None:
    head = actor(Grant(Role.OFFICE_HEAD, HERE))
    assert may(head, Act.READ_TALLY, HERE, Phase.TALLIED)
    assert not may(head, Act.READ_TALLY, HERE, Phase.CLOSED)
    assert not may(head, Act.READ_TALLY, HERE, Phase.TALLIED, {Relation.JUROR})
    assert not may(None, Act.READ_TALLY, HERE, Phase.CLOSED)
    assert not may(actor(), Act.READ_SHEETS, HERE, Phase.CLOSED, {Relation.JUROR})
    assert may(actor(), Act.READ_SHEETS, HERE, Phase.ANNOUNCED, {Relation.JUROR})


@pytest.mark.parametrize("phase", Phase)
def test_the_result_is_everybodys_from_the_announcement_on(phase: Phase) -> None:
    assert permits(Act.READ_RESULT, (), phase) == (phase in (Phase.ANNOUNCED, Phase.DECIDED))


def test_the_phases_of_an_act_are_those_of_all_its_rows() -> None:
    assert phases(Act.READ_ANALYSIS) == (Phase.TALLIED, Phase.ANNOUNCED, Phase.DECIDED)
    assert phases(Act.FILE_APPLICATION) == (Phase.OPEN,)
    assert phases(Act.CREATE_GROUP) == tuple(Phase)


def test_the_command_prints_every_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [row.act for row in RIGHTS]
    assert next(line for line in lines if line.startswith("read_tally")).split("  ")[-1] == (
        "programme, office_head, secretary, administrator, treasurer, promoter, auditor, system, never its jurors"
    )
