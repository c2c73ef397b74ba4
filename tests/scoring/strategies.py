"""Random small contests: all methods, ties, cuts, quotas, bands, ``na``, recusals and absences; valid, or damaged in places."""

import copy
import random
from typing import Any

from hypothesis import strategies as st

from tests.scoring.contest import Contest, Table

Draw = st.DrawFn

AGGREGATES: list[dict[str, Any]] = [
    {"method": "mean"},
    {"method": "median"},
    {"method": "centred"},
    {"method": "trimmed", "drop": "1"},
    {"method": "trimmed", "drop": "2"},
]

POINTS: dict[str, Any] = {"code": "idea", "kind": "points", "min": "1", "max": "4", "step": "1/2"}
LEVELS: dict[str, Any] = {"code": "team", "kind": "levels", "levels": {"youth": "3", "mixed": "5/3", "adult": "-1"}}
BANDS: dict[str, Any] = {
    "code": "families",
    "kind": "bands",
    "attribute": "share",
    "bands": [{"from": "0", "to": "1/2", "min": "0", "max": "1"}, {"from": "0.5", "to": "1", "min": "1/3", "max": "7/3"}],
}
SCORES = {"idea": ["1", "1.5", "2", "5/2", "3.0", "4"], "team": ["youth", "mixed", "adult"]}
LOW, HIGH = ["0", "1"], ["1/3", "4/3", "7/3"]
SHARES = ["0", "0.25", "1/2", "0.75", "1"]

DAMAGE = [
    "",
    "na",
    "0",
    "1",
    "-1",
    "1/3",
    "2/0",
    "1e1",
    "x",
    "idea",
    "youth",
    "J1",
    "A1",
    "s0",
    "s1",
    "0.5",
    "2.00",
    "2026-01-01T00:00Z",
]
VALUES: list[Any] = [
    None,
    True,
    1,
    0.5,
    [],
    {},
    "",
    "x",
    "0",
    "1",
    "-1",
    "1/3",
    "5.00",
    "s0",
    "idea",
    "mean",
    "skip",
    "ranking",
]


@st.composite
def contests(draw: Draw) -> Contest:
    """A contest that breaks no rule."""
    stages = [draw(a_stage(f"s{place}")) for place in range(draw(st.integers(1, 2)))]
    ties = draw(st.lists(a_tie(stages), max_size=3))
    book: dict[str, Any] = {"format": "raymi-rules/1", "stages": stages, "ties": ties, "decision": draw(a_decision())}
    if "purse" in book["decision"]:
        ties.append(draw(st.sampled_from([{"by": "filed_at"}, {"by": "draw", "seed": "acta"}])))
    if draw(st.booleans()):
        book["knock_outs"] = [{"attribute": "present", "below": draw(st.sampled_from(["0", "1/2", "0.75"]))}]
    if draw(st.booleans()):
        at_least = draw(st.sampled_from(["0", "1/3", "1/2", "2/3", "1"]))
        book["panel"] = {"quorum": {"at_least": at_least, "strict": draw(st.booleans())}}
    chance = random.Random(draw(st.integers(0, 2**32)))
    return Contest(copy.deepcopy(book), fill(book, chance))  # a copy, because the samples are shared


@st.composite
def a_stage(draw: Draw, code: str) -> dict[str, Any]:
    """A stage with one to three criteria."""
    chosen = draw(
        st.lists(st.sampled_from([POINTS, LEVELS, BANDS]), min_size=1, max_size=3, unique_by=lambda each: each["code"])
    )
    stage: dict[str, Any] = {"code": code, "criteria": [criterion | {"na": draw(st.booleans())} for criterion in chosen]}
    if draw(st.booleans()):
        stage["weight"] = draw(st.sampled_from(["-1", "1/2", "0", "1.25"]))
    if draw(st.booleans()):
        stage["aggregate"] = draw(st.sampled_from(AGGREGATES))
    return stage


@st.composite
def a_tie(draw: Draw, stages: list[dict[str, Any]]) -> dict[str, Any]:
    """A tie rule about these stages."""
    stage = draw(st.sampled_from(stages))
    criterion = draw(st.sampled_from(stage["criteria"]))
    return draw(
        st.sampled_from(
            [
                {"by": "stage", "stage": stage["code"]},
                {"by": "criterion", "stage": stage["code"], "criterion": criterion["code"]},
                {"by": "attribute", "attribute": "present"},
                {"by": "attribute", "attribute": "share", "order": "descending"},
                {"by": "filed_at"},
                {"by": "draw", "seed": "acta"},
            ]
        )
    )


@st.composite
def a_decision(draw: Draw) -> dict[str, Any]:
    """A pass mark, with or without a purse, or a ranking."""
    mark = draw(st.sampled_from(["-3", "0", "3/2", "3"]))
    if draw(st.booleans()):
        prizes = draw(st.lists(st.sampled_from(["10.00", "5.00", "0.05", "0.01", "0.00"]), max_size=6))
        return {"mode": "ranking", "prizes": prizes} | ({"mark": mark} if draw(st.booleans()) else {})
    decision: dict[str, Any] = {"mode": "pass_mark", "mark": mark}
    if draw(st.booleans()):
        decision |= {
            "purse": draw(st.sampled_from(["0.00", "3.01", "7.00"])),
            "cut": draw(st.sampled_from(["stop", "skip", "part"])),
        }
        decision["part_at_least"] = draw(st.sampled_from(["0", "1/3", "0.9"]))
        quota = st.fixed_dictionaries(
            {"attribute": st.just("kind"), "value": st.sampled_from("wy"), "share": st.sampled_from(["0", "1/3", "0.5"])}
        )
        decision["quotas"] = draw(st.lists(quota, max_size=2))
    return decision


def fill(book: dict[str, Any], chance: random.Random) -> dict[str, list[list[str]]]:
    """Applications, jurors and sheets of a book; some sheets, and some attributes that may be missing, are."""
    codes = [f"A{place}" for place in range(chance.randrange(6))]
    jurors = [f"J{place}" for place in range(1, chance.randrange(2, 8))]
    stages = [stage["code"] for stage in book["stages"]]
    alike = chance.choice([1, 2, 6])
    seats = {juror: [code for code in stages if chance.random() < 0.9] for juror in jurors}
    recusals = [[a, j] for a in codes for j in jurors if chance.random() < 0.07]
    absences = [[a, s, j] for a in codes for j in jurors for s in seats[j] if chance.random() < 0.07]
    applications = [["application", "filed_at", "requested", "share", "present", "kind"]]
    sheets = [["application", "stage", "juror", "criterion", "score"]]
    for code in codes:
        share, present = chance.choice(SHARES), chance.choice([*SHARES, "1", ""])
        filed_at = f"2026-01-0{chance.randrange(1, 4)}T0{chance.randrange(3)}:00{chance.choice(['Z', '+01:00', '-02:00'])}"
        requested = chance.choice(["0.00", "0.50", "1.00", "2.99", "4.00"])
        applications.append([code, filed_at, requested, share, present, chance.choice(["w", "y", ""])])
        for stage in book["stages"]:
            panel = [j for j in jurors if stage["code"] in seats[j] and [code, j] not in recusals]
            for juror in panel:
                if [code, stage["code"], juror] not in absences and chance.random() < 0.97:
                    sheets += [[code, stage["code"], juror, *score] for score in fill_sheet(stage, share, alike, chance)]
    return {
        "applications": applications,
        "jurors": [["juror", "stages"], *[[juror, ";".join(seats[juror])] for juror in jurors]],
        "sheets": sheets,
        "recusals": [["application", "juror"], *recusals],
        "absences": [["application", "stage", "juror"], *absences],
    }


def fill_sheet(stage: dict[str, Any], share: str, alike: int, chance: random.Random) -> list[list[str]]:
    """The scores of one juror, at least one of them with points; ``alike`` is how many different ones are given."""
    scores = []
    for criterion in stage["criteria"]:
        choice = SCORES.get(criterion["code"], HIGH if share in ("1/2", "0.75", "1") else LOW)
        scores.append([criterion["code"], chance.choice(choice[:alike])])
    spared = chance.randrange(len(scores))
    for place, criterion in enumerate(stage["criteria"]):
        if place != spared and criterion["na"] and chance.random() < 0.3:
            scores[place][1] = "na"
    return scores


@st.composite
def damaged(draw: Draw) -> Contest:
    """A contest with one to three cells or values of the book written over, or rows added, doubled or lost."""
    contest = draw(contests())
    chance = random.Random(draw(st.integers(0, 2**32)))
    for _ in range(draw(st.integers(1, 3))):
        if chance.random() < 0.2:
            damage_json(contest.rules, chance)
        else:
            damage_tables(contest.tables, chance)
    return contest


def damage_json(value: Any, chance: random.Random) -> None:
    """Overwrite or drop something, at any depth."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys:
        return
    key = chance.choice(keys)
    if isinstance(value[key], dict | list) and chance.random() < 0.85:
        damage_json(value[key], chance)
    elif chance.random() < 0.2:
        del value[key]
    else:
        value[key] = chance.choice(VALUES)


def damage_tables(tables: dict[str, Table], chance: random.Random) -> None:
    """Overwrite a cell, or add, double or lose a row; mostly with what stands in a column of that name elsewhere."""
    name = chance.choice(["applications", "jurors", "sheets", "sheets", "sheets", "recusals", "absences"])
    header, *rows = tables[name]
    words = {column: words_of(tables, column) for column in header}
    row = chance.choice(rows) if rows else header
    if name in ("recusals", "absences") or chance.random() < 0.2:
        tables[name].append([chance.choice(words[column]) for column in header])
    elif chance.random() < 0.2:
        tables[name].append(list(row))
    elif rows and chance.random() < 0.2:
        tables[name].remove(row)
    else:
        place = chance.randrange(len(row))
        row[place] = chance.choice(words[header[place]] if place < len(header) and chance.random() < 0.5 else DAMAGE)


def words_of(tables: dict[str, Table], column: str) -> list[str]:
    """All texts in the columns of a name, and one of nonsense."""
    found = ["?"]
    for header, *rows in tables.values():
        if column in header:
            found += [row[header.index(column)] for row in rows]
    return found
