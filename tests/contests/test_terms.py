"""Terms: the money side of a contest's rules."""

from fractions import Fraction
from typing import Any

import pytest

from service.contests.shapes import TermsIn
from service.contests.terms import BadTerms, Terms, TranchesDoNotSum, read_terms, terms_sha256, terms_value

PLAN = {"tranches": ["7/10", "3/10"], "own_share_first": "1/2", "gate": "7/10", "tries": "3", "months": "12"}


def terms_in(**changes: Any) -> TermsIn:
    return TermsIn(**{**PLAN, **changes})


def test_terms_are_read_exactly() -> None:
    assert read_terms(terms_value(terms_in())) == Terms(
        tranches=(Fraction(7, 10), Fraction(3, 10)),
        own_share_first=Fraction(1, 2),
        gate=Fraction(7, 10),
        tries=3,
        months=12,
        appeal_days=5,
    )


def test_terms_have_one_hash_whatever_the_order_of_their_keys() -> None:
    value = terms_value(terms_in())
    # printf '{"appeal_days":"5","format":"raymi-terms/1","gate":"7/10","months":"12","own_share_first":"1/2","tranches":["7/10","3/10"],"tries":"3"}' | sha256sum
    assert terms_sha256(value) == "6949b84545ed83fb95322dfbf1ff51e5b7808d517176b974f1e0a8950203209a"
    assert terms_sha256(dict(reversed(value.items()))) == terms_sha256(value)


@pytest.mark.parametrize(("tranches", "total"), [(["7/10", "2/10"], "9/10"), (["0.7", "0.31"], "101/100"), (["1/2"], "1/2")])
def test_tranches_that_do_not_sum_to_one_are_refused(tranches: list[str], total: str) -> None:
    with pytest.raises(TranchesDoNotSum) as refused:
        terms_value(terms_in(tranches=tranches))
    assert str(refused.value.values["total"]) == total


@pytest.mark.parametrize("share", ["1.01", "-1/10", "70%", "1e-1", "7/0", "٧/10"])
@pytest.mark.parametrize("field", ["own_share_first", "gate"])
def test_what_is_no_share_is_refused_at_its_field(field: str, share: str) -> None:
    with pytest.raises(BadTerms) as refused:
        terms_value(terms_in(**{field: share}))
    assert refused.value.field == f"terms.{field}"


@pytest.mark.parametrize("field", ["tries", "months"])
@pytest.mark.parametrize("count", ["0", "2.5", "-1", "1000", "three"])
def test_what_is_no_count_is_refused_at_its_field(field: str, count: str) -> None:
    with pytest.raises(BadTerms) as refused:
        terms_value(terms_in(**{field: count}))
    assert refused.value.field == f"terms.{field}"


def test_a_whole_number_may_be_written_as_a_fraction() -> None:
    assert read_terms(terms_value(terms_in(tries="6/2"))).tries == 3


def test_a_tranche_of_nothing_is_refused() -> None:
    with pytest.raises(BadTerms):
        terms_value(terms_in(tranches=["1", "0"]))


def test_another_format_is_refused() -> None:
    with pytest.raises(BadTerms):
        read_terms({**terms_value(terms_in()), "format": "raymi-terms/2"})
