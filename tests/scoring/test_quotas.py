"""What quotas bring about, worked out by hand on the golden bundles."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.contests.decision import PassMark, Quota, Ranking
from service.scoring.analysis import analyse
from service.scoring.bundle import Bundle, read_folder
from service.scoring.quotas import Line, QuotaEffect, QuotaUse, quota_effect
from service.scoring.sensitivity import Flip
from tests.make.scoring import BUNDLES


def effect_in(bundle: Bundle) -> QuotaEffect | None:
    """The effect of the quotas of a bundle, as its analysis has it."""
    return analyse(bundle).quotas


def test_half_for_women_funds_the_third_place_and_costs_the_second_its_award() -> None:
    """Purse 6000. Women: 3000 kept, Q takes 2000, R's 3000 does not fit the 1000 left. Youth: T's 4000 does not fit 1500.

    The rest, 4000, goes to T. Without quotas T takes 4000, P 1000 of the 2000 left, Q's 2000 no longer fits.
    """
    effect = effect_in(read_folder(BUNDLES / "quotas"))
    assert effect is not None
    assert effect.uses == (
        QuotaUse(Quota("kind", "women", Fraction(1, 2)), Decimal("3000.00"), ("Q",), Decimal("1000.00")),
        QuotaUse(Quota("kind", "youth", Fraction(1, 4)), Decimal("1500.00"), (), Decimal("1500.00")),
    )
    lost = Flip("P", "reserve", None, "approved", Decimal("1000.00"))
    gained = Flip("Q", "approved", Decimal("2000.00"), "reserve", None)
    assert (effect.flips, effect.gained, effect.lost) == ((lost, gained), (gained,), (lost,))


def test_a_quota_that_gives_only_what_the_ranks_would_give_changes_nothing() -> None:
    """A third of 7000.01 is 2333.33 to the cent below: T's 4000 is passed over, Q takes 2000, R's 3000 does not fit.

    T and P then take 5000 of the 5000.01 left. Without quotas the same three take 7000 of the 7000.01.
    """
    effect = effect_in(read_folder(BUNDLES / "quota-passes-over"))
    assert effect == QuotaEffect(
        (QuotaUse(Quota("kind", "women", Fraction(1, 3)), Decimal("2333.33"), ("Q",), Decimal("333.33")),), ()
    )


def test_a_part_that_the_quotas_make_smaller_is_lost_by_them_but_not_gained() -> None:
    """Purse 100, 40 for B: A, first, gets what is left, 60 of its 90. Without quotas A gets 90, and 10 of B's 40 would be left."""
    quota = Quota("kind", "women", Fraction(2, 5))
    decision = PassMark(Fraction(50), Decimal("100.00"), "part", Fraction(1, 2), (quota,))
    lines = [
        Line("A", Decimal("90.00"), "approved", Decimal("60.00"), ["part_funded"]),
        Line("B", Decimal("40.00"), "approved", Decimal("40.00"), ["quota:kind=women"]),
        Line("C", Decimal("1.00"), "not_approved", None, ["below_mark"]),
    ]
    effect = quota_effect(decision, lines)
    assert effect is not None
    assert effect.lost == (Flip("A", "approved", Decimal("60.00"), "approved", Decimal("90.00")),)
    assert effect.gained == (Flip("B", "approved", Decimal("40.00"), "reserve", None),)


def test_of_two_quotas_for_the_same_text_each_shows_who_it_funded() -> None:
    """Each keeps 30: A's 20 comes from the first, B's 20 no longer fits its 10 and comes from the second."""
    decision = PassMark(Fraction(50), Decimal("100.00"), quotas=(Quota("kind", "w", Fraction(3, 10)),) * 2)
    lines = [Line(code, Decimal("20.00"), "approved", Decimal("20.00"), ["quota:kind=w"]) for code in "AB"]
    effect = quota_effect(decision, lines)
    assert effect is not None
    assert [(use.funded, use.left) for use in effect.uses] == [(("A",), Decimal("10.00")), (("B",), Decimal("10.00"))]


def test_without_quotas_there_is_no_effect() -> None:
    line = Line("A", Decimal("1.00"), "approved", Decimal("1.00"), [])
    assert quota_effect(PassMark(Fraction(50), Decimal("10.00")), [line]) is None
    assert quota_effect(Ranking((Decimal("1.00"),)), [line]) is None
    plain = read_folder(BUNDLES / "quotas")
    assert effect_in(replace(plain, rules=_without_quotas(plain.rules))) is None


def _without_quotas(rules: Any) -> Mapping[str, Any]:
    decision = {key: value for key, value in rules["decision"].items() if key != "quotas"}
    return {**rules, "decision": decision}
