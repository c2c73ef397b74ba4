"""The judge: from a bundle to its result, by the rule book and nothing else. Pure, exact, and blind to the order of rows."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from service.contests.numbers import amount
from service.scoring.aggregation import stage_values
from service.scoring.awarding import Award, award
from service.scoring.bundle import Bundle
from service.scoring.checks import Application, CheckedBundle, check
from service.scoring.ranking import Judged, Ranked, rank, total_of
from service.scoring.result import Result, Standing, Status


def judge(bundle: Bundle) -> Result:
    """The result of a bundle. Raises the refusal that comes first by precedence (``refusals.PRECEDENCE``)."""
    return judge_checked(check(bundle))


def judge_checked(checked: CheckedBundle) -> Result:
    """The result of a bundle that breaks no rule."""
    judged, unranked = weigh(checked)
    ranked, awards = decide(checked, judged)
    standings = [_standing(each, awards[each.judged.application.code]) for each in ranked]
    return Result(
        rules_sha256=checked.book.sha256,
        provisional=any(standing.status == "pending" for standing in unranked),
        standings=(*standings, *sorted(unranked, key=lambda standing: standing.application)),
    )


def weigh(checked: CheckedBundle) -> tuple[list[Judged], list[Standing]]:
    """The applications that are judged, with their totals, and where the disqualified and the pending ones stand."""
    judged: list[Application] = []
    unranked: list[Standing] = []
    for application in checked.applications.values():
        obstacle = _knocked_out(checked, application) or _pending(checked, application)
        if obstacle is None:
            judged.append(application)
        else:
            unranked.append(obstacle)
    return _judge_stages(checked, judged), unranked


def decide(checked: CheckedBundle, judged: Sequence[Judged]) -> tuple[list[Ranked], dict[str, Award]]:
    """The judged applications in their order, and the award of each."""
    ranked = rank(checked, judged)
    return ranked, award(checked.book.decision, ranked)


def _knocked_out(checked: CheckedBundle, application: Application) -> Standing | None:
    """Disqualified, where an attribute is below its limit."""
    missed = {
        f"knocked_out:{limit.attribute}"
        for limit in checked.book.knock_outs
        if application.numbers.get(limit.attribute, limit.below) < limit.below
    }
    return _unranked(application, "disqualified", missed) if missed else None


def _pending(checked: CheckedBundle, application: Application) -> Standing | None:
    """Pending, where an attribute of a knock-out, a quorum or a sheet is missing; all reasons are given."""
    limits = checked.book.knock_outs
    reasons = {f"missing_attribute:{limit.attribute}" for limit in limits if limit.attribute not in application.numbers}
    recused = checked.recused.get(application.code, set())
    for stage, seats in checked.seats.items():
        base = seats - recused if recused else seats
        present = base - checked.absent.get((application.code, stage), set())
        if checked.book.quorum.holds(len(present), len(base)):
            sheets = checked.sheets.get((application.code, stage), {})
            reasons.update(f"missing_sheet:{stage}:{juror}" for juror in present if juror not in sheets)
        else:
            reasons.add(f"no_quorum:{stage}")
    return _unranked(application, "pending", reasons) if reasons else None


def _judge_stages(checked: CheckedBundle, applications: list[Application]) -> list[Judged]:
    """The exact stage values and totals of the applications that are neither disqualified nor pending."""
    values: dict[str, dict[str, Fraction]] = {}
    for code, stage in checked.book.stages.items():
        values[code] = stage_values(stage, {each.code: checked.sheets[each.code, code] for each in applications})
    judged = []
    for each in applications:
        stages = {code: values[code][each.code] for code in values}
        judged.append(Judged(each, stages, total_of(checked.book, stages)))
    return judged


def _standing(ranked: Ranked, given: Award) -> Standing:
    return Standing(
        application=ranked.judged.application.code,
        status=given.outcome,
        stages=ranked.judged.stages,
        total=ranked.judged.total,
        rank=ranked.rank,
        award=None if given.cents is None else Decimal(amount(given.cents)),
        reasons=given.reasons,
    )


def _unranked(application: Application, status: Status, reasons: set[str]) -> Standing:
    return Standing(application.code, status, {}, None, None, None, tuple(sorted(reasons)))
