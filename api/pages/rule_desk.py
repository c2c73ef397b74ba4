"""A rule book as a form holds it, and back: the *desk*, where everything is a text, a list or a group of these under its dotted name.

Nothing that was typed is refused here. Keys that no field shows are carried in a hidden field (``rest``), so that a book which goes
through the form unchanged keeps its hash.
"""

import json
from collections.abc import Mapping
from typing import Any

from service.contests.book import FORMAT
from service.contests.numbers import read_number
from service.contests.terms import APPEAL_DAYS

Desk = dict[str, Any]

LANGUAGES = ("es", "en", "qu")
LEVEL = ("name", "points", "label")
BAND = ("from", "to", "min", "max")
DECISION = {"pass_mark": ("mark", "purse", "cut", "part_at_least"), "ranking": ("mark",)}
TIE = {
    "stage": ("stage",),
    "criterion": ("stage", "criterion"),
    "attribute": ("attribute", "order"),
    "draw": ("seed",),
}
TERMS = ("own_share_first", "gate", "tries", "months", "appeal_days")


def book_of(desk: Desk, currency: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rule book and the terms that a desk writes, right or wrong."""
    book: dict[str, Any] = {**_rest(desk), "format": FORMAT, "title": _text(desk, "title"), "currency": currency}
    book |= _label(desk)
    book["stages"] = [_stage(each) for each in _list(desk, "stages")]
    typed = _dict(_dict(desk, "panel"), "quorum")
    quorum = {**_rest(typed), **_kept(typed, "at_least", "strict")}
    if "strict" in quorum:
        quorum["strict"] = quorum["strict"] == "true"
    if quorum:
        book["panel"] = {**_dict(book, "panel"), "quorum": quorum}
    limits = [{**_rest(each), **_needed(each, "attribute", "below")} for each in _list(desk, "knock_outs")]
    if limits:
        book["knock_outs"] = limits
    book["decision"] = _decision(_dict(desk, "decision"))
    book["ties"] = [_tie(each) for each in _list(desk, "ties")]
    terms = _dict(desk, "terms")
    tranches = terms.get("tranches", [])
    shares = [each for each in tranches if isinstance(each, str) and each] if isinstance(tranches, list) else []
    return book, {"tranches": shares, **_needed(terms, *TERMS)}


def _stage(desk: Desk) -> dict[str, Any]:
    stage = {**_rest(desk), "code": _text(desk, "code"), **_label(desk), **_kept(desk, "heading", "weight")}
    aggregate = {**_rest(_dict(desk, "aggregate")), **_kept(_dict(desk, "aggregate"), "method", "drop")}
    if aggregate.get("method") != "trimmed":
        aggregate.pop("drop", None)
    if aggregate:
        stage["aggregate"] = aggregate
    stage["criteria"] = [_criterion(each) for each in _list(desk, "criteria")]
    return stage


def _criterion(desk: Desk) -> dict[str, Any]:
    kind = _text(desk, "kind")
    criterion: dict[str, Any] = {**_rest(desk), "code": _text(desk, "code"), **_label(desk), "kind": kind}
    if desk.get("na") == "on":
        criterion["na"] = True
    if kind == "points":
        criterion |= {**_kept(desk, "min", "step"), **_needed(desk, "max")}
    elif kind == "bands":
        criterion |= {**_needed(desk, "attribute"), **_kept(desk, "step")}
        first = {"from": "0", "to": "1", "min": _text(desk, "min"), "max": _text(desk, "max")}
        criterion["bands"] = [{**_rest(each), **_needed(each, *BAND)} for each in _list(desk, "bands")] or [first]
    elif kind == "levels":
        criterion |= _levels(_list(desk, "levels") or [{"points": _text(desk, "max")}])
    return criterion


def _levels(rows: list[Desk]) -> dict[str, Any]:
    """Levels by name; a list where two have the same name, or one has none, until that is put right."""
    names = [_text(each, "name") for each in rows]
    if len(set(names)) < len(names) or not all(names):
        return {"levels": [{**_needed(each, "name", "points"), **_label(each)} for each in rows]}
    labels = {name: _label(each)["label"] for name, each in zip(names, rows, strict=True) if _label(each)}
    found: dict[str, Any] = {"levels": {name: _text(each, "points") for name, each in zip(names, rows, strict=True)}}
    return {**found, "level_labels": labels} if labels else found


def _decision(desk: Desk) -> dict[str, Any]:
    mode = _text(desk, "mode")
    decision: dict[str, Any] = {**_rest(desk), "mode": mode, **_kept(desk, *DECISION.get(mode, ()))}
    if mode == "ranking":
        decision["prizes"] = [line.strip() for line in _text(desk, "prizes").split("\n") if line.strip()]
    if mode == "pass_mark":
        decision.setdefault("mark", "")
        quotas = [{**_rest(each), **_needed(each, "attribute", "value", "share")} for each in _list(desk, "quotas")]
        if quotas:
            decision["quotas"] = quotas
    return decision


def _tie(desk: Desk) -> dict[str, Any]:
    by = _text(desk, "by")
    tie = {**_rest(desk), "by": by, **_needed(desk, *TIE.get(by, ()))}
    if not tie.get("order", "x"):
        del tie["order"]
    return tie


def desk_of(book: Mapping[str, Any], terms: Mapping[str, Any]) -> Desk:
    """The desk that shows a rule book and terms."""
    desk = _shown(book, "title")
    panel = {key: each for key, each in _dict(book, "panel").items() if key != "quorum"}
    carried = {**book, "panel": panel} if panel else {key: each for key, each in book.items() if key != "panel"}
    desk["rest"] = _hidden(carried, "format", "title", "currency", "stages", "knock_outs", "decision", "ties")
    desk["stages"] = [_stage_desk(each) for each in _list(book, "stages")]
    quorum = _dict(_dict(book, "panel"), "quorum")
    strict = quorum.get("strict")
    written = "" if strict is None else str(strict).lower()
    desk["panel"] = {"quorum": {**_row(quorum, "at_least", "strict"), "strict": written}}
    desk["knock_outs"] = [_row(each, "attribute", "below") for each in _list(book, "knock_outs")]
    decision = _dict(book, "decision")
    names = ("mode", "mark", "purse", "cut", "part_at_least")
    desk["decision"] = {
        **_row(decision, *names, "prizes", "quotas"),
        "prizes": "\n".join(map(str, prizes)) if isinstance(prizes := decision.get("prizes"), list) else "",
        "quotas": [_row(each, "attribute", "value", "share") for each in _list(decision, "quotas")],
    }
    desk["ties"] = [_row(each, "by", "stage", "criterion", "attribute", "order", "seed") for each in _list(book, "ties")]
    tranches = [*terms.get("tranches", []), "", ""][:2]
    desk["terms"] = {**_shown({"appeal_days": APPEAL_DAYS, **terms}, *TERMS), "tranches": tranches}
    return desk


def _stage_desk(stage: Mapping[str, Any]) -> Desk:
    return {
        **_shown(stage, "code", "heading", "weight"),
        "aggregate": _row(_dict(stage, "aggregate"), "method", "drop"),
        "criteria": [_criterion_desk(each) for each in _list(stage, "criteria")],
        "rest": _hidden(stage, "code", "heading", "weight", "aggregate", "criteria"),
    }


def _criterion_desk(criterion: Mapping[str, Any]) -> Desk:
    names = ("code", "kind", "min", "max", "step", "attribute")
    desk = {**_shown(criterion, *names), "na": "on" if criterion.get("na") is True else ""}
    desk["bands"] = [_row(each, *BAND) for each in _list(criterion, "bands")]
    desk["levels"] = _level_desks(criterion)
    desk["rest"] = _hidden(criterion, *names, "na", "bands", "levels", "level_labels")
    return desk


def _level_desks(criterion: Mapping[str, Any]) -> list[Desk]:
    levels = criterion.get("levels")
    if not isinstance(levels, Mapping):
        return [_shown(each, "name", "points") for each in _list(criterion, "levels")]
    labels = _dict(criterion, "level_labels")
    rows = sorted(levels.items(), key=lambda row: (-(read_number(str(row[1])) or 0), row[0]))
    return [{"name": name, "points": str(points), **_shown({"label": labels.get(name)})} for name, points in rows]


def _row(value: Mapping[str, Any], *names: str) -> Desk:
    """The named texts of an object whose label no field shows."""
    texts = {name: _text(value, name) for name in names}
    rest = {key: each for key, each in value.items() if key not in names}
    return {**texts, "rest": json.dumps(rest, ensure_ascii=False, sort_keys=True) if rest else ""}


def _shown(value: Mapping[str, Any], *names: str) -> Desk:
    """The named texts of an object, and its label in each language."""
    label = _dict(value, "label")
    return {**{name: _text(value, name) for name in names}, "label": {code: _text(label, code) for code in LANGUAGES}}


def _hidden(value: Mapping[str, Any], *names: str) -> str:
    """What no field shows of an object, as JSON; nothing where there is nothing."""
    label = value.get("label")
    rest = {key: each for key, each in value.items() if key not in (*names, "label")}
    if isinstance(label, Mapping):
        label = {key: each for key, each in label.items() if key not in LANGUAGES or not isinstance(each, str)}
    if label:
        rest["label"] = label
    return json.dumps(rest, ensure_ascii=False, sort_keys=True) if rest else ""


def _rest(desk: Desk) -> dict[str, Any]:
    try:
        rest = json.loads(_text(desk, "rest") or "{}")
    except (ValueError, RecursionError):
        return {}
    return rest if isinstance(rest, dict) else {}


def _label(desk: Desk) -> dict[str, Any]:
    """The label as typed, over what was carried of it."""
    carried = _rest(desk).get("label")
    typed = _kept(_dict(desk, "label"), *LANGUAGES)
    if not typed:
        return {}
    return {"label": {**(carried if isinstance(carried, dict) else {}), **typed}}


def _kept(desk: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: _text(desk, name) for name in names if _text(desk, name)}


def _needed(desk: Mapping[str, Any], *names: str) -> dict[str, str]:
    return {name: _text(desk, name) for name in names}


def _text(desk: Mapping[str, Any], name: str) -> str:
    value = desk.get(name, "")
    return value if isinstance(value, str) else ""


def _dict(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _list(value: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    inner = value.get(name)
    return [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []
