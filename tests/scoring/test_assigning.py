"""Dividing applications among jurors: exact figures, and what holds whatever the numbers."""

from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from service.scoring.assigning import divide

A, B, C, D, E, F = APPLICATIONS = [UUID(int=number) for number in range(1, 7)]
J1, J2, J3, J4, J5 = JURORS = [UUID(int=number) for number in range(101, 106)]


def test_six_applications_to_three_of_five_jurors_come_out_as_by_hand() -> None:
    pairs, short = divide(APPLICATIONS, JURORS, 3, barred=set())
    assert pairs == [
        *((A, juror) for juror in (J1, J2, J3)),  # 1 1 1 0 0
        *((B, juror) for juror in (J4, J5, J1)),  # 2 1 1 1 1
        *((C, juror) for juror in (J2, J3, J4)),  # 2 2 2 2 1
        *((D, juror) for juror in (J5, J1, J2)),  # 3 3 2 2 2
        *((E, juror) for juror in (J3, J4, J5)),  # 3 3 3 3 3
        *((F, juror) for juror in (J1, J2, J3)),  # 4 4 4 3 3
    ]
    assert short == []


def test_who_is_barred_is_passed_over_and_the_narrowest_choice_comes_first() -> None:
    barred = {(C, J1), (C, J2), (C, J3), (A, J4)}
    pairs, short = divide([A, B, C], JURORS, 2, barred=barred)
    assert pairs == [(C, J4), (C, J5), (A, J1), (A, J2), (B, J3), (B, J1)]
    assert short == []


def test_what_is_assigned_counts_and_is_filled_up() -> None:
    pairs, short = divide([A, B], [J1, J2, J3], 2, barred=set(), assigned=[(A, J1), (B, J1)])
    assert (pairs, short) == ([(A, J2), (B, J3)], [])


def test_an_assigned_juror_who_was_recused_since_is_made_up_for() -> None:
    pairs, short = divide([A], [J1, J2, J3], 2, barred={(A, J1)}, assigned=[(A, J1), (A, J2)])
    assert (pairs, short) == ([(A, J3)], [])


def test_an_application_without_enough_jurors_is_named() -> None:
    pairs, short = divide([A, B], [J1, J2], 2, barred={(B, J1)})
    assert (set(pairs), short) == ({(A, J1), (A, J2), (B, J2)}, [B])


@given(st.integers(0, 40), st.integers(1, 9), st.data())
def test_sheets_differ_by_at_most_one_where_nobody_is_barred(count: int, jurors: int, data: st.DataObject) -> None:
    each = data.draw(st.integers(1, jurors))
    applications, panel = [UUID(int=n) for n in range(count)], [UUID(int=1000 + n) for n in range(jurors)]
    pairs, short = divide(applications, panel, each, barred=set())
    sheets = Counter(dict.fromkeys(panel, 0))
    sheets.update(juror for _, juror in pairs)
    assert short == []
    assert max(sheets.values()) - min(sheets.values()) <= 1
    assert Counter(application for application, _ in pairs) == Counter(dict.fromkeys(applications, each))
    assert len(set(pairs)) == len(pairs)


@given(st.integers(0, 12), st.integers(1, 5), st.integers(1, 3), st.data())
def test_nobody_barred_is_assigned_and_only_the_short_ones_lack_jurors(
    count: int, jurors: int, each: int, data: st.DataObject
) -> None:
    applications, panel = [UUID(int=n) for n in range(count)], [UUID(int=1000 + n) for n in range(jurors)]
    every = [(application, juror) for application in applications for juror in panel]
    barred = set(data.draw(st.lists(st.sampled_from(every), unique=True))) if every else set()
    pairs, short = divide(applications, panel, each, barred=barred)
    assert not barred & set(pairs)
    got = Counter(application for application, _ in pairs)
    may = {application: sum((application, juror) not in barred for juror in panel) for application in applications}
    assert got == Counter({key: min(each, number) for key, number in may.items() if number})
    assert set(short) == {key for key, number in may.items() if number < each}
