"""What looks alike: trigrams as pg_trgm has them, pairs found without comparing everybody with everybody, and what speaks against."""

import random
from datetime import date
from itertools import combinations
from uuid import UUID

import pytest

from service.people.likeness import GENERIC, MOST, SHARED_BY, Likeness, Profile, alike, find, slips, trigrams


def profile(number: int, name: str, **more: object) -> Profile:
    """A profile of the district of Sicuani, unless told."""
    fields: dict[str, object] = {"districts": frozenset({"080601"})} | more
    return Profile(UUID(int=number), name, trigrams(name), **fields)  # type: ignore[arg-type]  # fields of a profile


def reasons(*profiles: Profile) -> dict[tuple[int, int], tuple[Likeness, ...]]:
    """The reasons of each pair, by number."""
    found = find(profiles, {each.id for each in profiles})
    return {(pair.first.id.int, pair.second.id.int): pair.reasons for pair in found}


def test_trigrams_are_those_of_pg_trgm() -> None:
    # SELECT show_trgm('Cat ñu'), as the manual of pg_trgm describes it
    assert trigrams("Cat, ñu!") == {"  c", " ca", "cat", "at ", "  n", " nu", "nu "}


def test_words_that_every_group_has_are_passed_over_unless_there_are_no_others() -> None:
    assert trigrams("Asociación de Productores Hercca", GENERIC) == trigrams("hercca")
    assert trigrams("Comunidad Campesina", GENERIC) == trigrams("comunidad campesina")


def test_names_are_alike_from_exactly_three_in_five_on() -> None:
    # 'abcd' has 5 trigrams, 'abc' 4; they share "  a", " ab", "abc": 3 of 6
    assert not alike(trigrams("abcd"), trigrams("abc"))
    letters = [frozenset(text) for text in ("abcd", "abce", "abcde", "abc")]
    assert alike(letters[0], letters[1])  # 3 of 5
    assert not alike(frozenset("abcdef"), frozenset("abcghi"))  # 3 of 9
    assert not alike(frozenset(), frozenset())


def test_similar_names_are_found_as_by_comparing_all_with_all() -> None:
    drawn = random.Random(7)
    words = ["quispe", "mamani", "huanca", "ccori", "puma", "rosa", "luz", "juan", "juana", "luis", "luisa", "maria"]
    people = [profile(n, " ".join(drawn.choices(words, k=3))) for n in range(1, 121)]
    expected = {(one.id.int, other.id.int) for one, other in combinations(people, 2) if alike(one.grams, other.grams)}
    assert expected
    assert set(reasons(*people)) == expected


def test_a_similar_name_counts_in_the_same_district_or_with_the_same_birth_date() -> None:
    born, far = date(1980, 1, 2), frozenset({"150101"})
    assert reasons(profile(1, "Rosa Quispe Mamani"), profile(2, "Rosa Quispe Mamany")) == {(1, 2): (Likeness.NAME,)}
    assert reasons(profile(1, "Rosa Quispe Mamani"), profile(2, "Rosa Quispe Mamany", districts=far)) == {}
    one, other = profile(1, "Rosa Quispe Mamani", born=born), profile(2, "Mamani Rosa Quispe", born=born, districts=far)
    assert reasons(one, other) == {(1, 2): (Likeness.BIRTH,)}


def test_namesakes_of_other_birth_dates_are_two_where_both_have_a_dni_or_live_in_one_family() -> None:
    old, young, family = date(1950, 1, 1), date(1990, 1, 1), frozenset({UUID(int=9)})
    name = "Rosa Quispe Mamani"
    both = {"dni": "12345678"}, {"dni": "87654321"}
    assert reasons(profile(1, name, born=old, **both[0]), profile(2, name, born=young, **both[1])) == {}
    assert reasons(profile(1, name, born=old, families=family), profile(2, name, born=young, families=family)) == {}
    assert reasons(profile(1, name, born=old, **both[0]), profile(2, name, born=young)) == {(1, 2): (Likeness.NAME,)}
    assert reasons(profile(1, name, **both[0]), profile(2, name, born=young, **both[1])) == {(1, 2): (Likeness.NAME,)}


@pytest.mark.parametrize(
    ("other", "found"), [("12345679", True), ("21345678", True), ("12345687", True), ("12345699", False), ("32145678", False)]
)
def test_a_dni_one_slip_apart_with_a_similar_name_is_found_anywhere(other: str, found: bool) -> None:
    here = profile(1, "Rosa Quispe", dni="12345678", districts=frozenset())
    there = profile(2, "Rosa Quispe", dni=other, districts=frozenset())
    assert reasons(here, there) == ({(1, 2): (Likeness.DNI,)} if found else {})
    assert (other in slips("12345678")) == found
    assert reasons(here, profile(3, "Juan Ccori", dni=other, districts=frozenset())) == {}


def test_the_slips_of_a_dni_are_its_72_changed_digits_and_its_swapped_neighbours() -> None:
    assert len(set(slips("12345678"))) == 72 + 7
    assert len(set(slips("11111111"))) == 72


def test_a_telephone_shared_in_a_family_says_nothing_and_outside_it_does() -> None:
    phone, family = frozenset({(Likeness.PHONE, "987654321")}), frozenset({UUID(int=9)})
    rosa, juan = profile(1, "Rosa Quispe", numbers=phone, families=family), profile(2, "Juan Ccori", numbers=phone)
    assert reasons(rosa, juan) == {(1, 2): (Likeness.PHONE,)}
    assert reasons(rosa, profile(2, "Juan Ccori", numbers=phone, families=family)) == {}


def test_only_pairs_with_one_of_ours_are_told() -> None:
    people = [profile(number, "Rosa Quispe") for number in (1, 2, 3)]
    found = find(people, {UUID(int=1)})
    assert [(pair.first.id.int, pair.second.id.int) for pair in found] == [(1, 2), (1, 3)]


def test_a_telephone_of_many_says_nothing() -> None:
    phone = frozenset({(Likeness.PHONE, "999999999")})
    names = ["Ana", "Eva", "Luz", "Juan", "Pio", "Raul", "Saul", "Tito", "Beto", "Hugo", "Omar"]
    people = [profile(number, name, numbers=phone) for number, name in enumerate(names, 1)]
    assert len(reasons(*people[:SHARED_BY])) == 45
    assert reasons(*people) == {}


def test_thousands_of_one_name_are_not_all_compared() -> None:
    people = [profile(number, "Rosa Quispe") for number in range(1, 3001)]
    assert len(find(people, {each.id for each in people})) == MOST


def test_names_with_other_numbers_are_two() -> None:
    assert reasons(profile(1, "Riego Hercca 1"), profile(2, "Riego Hercca 12")) == {}
    assert reasons(profile(1, "Riego Hercca 1"), profile(2, "Riego Herccas 1")) == {(1, 2): (Likeness.NAME,)}
    assert reasons(profile(1, "Riego Hercca 1"), profile(2, "Riego Hercca")) == {(1, 2): (Likeness.NAME,)}
