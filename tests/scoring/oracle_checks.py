"""The oracle's checks: every refusal of a book and its rows, from the bundle's description alone."""

import re
from collections import defaultdict
from fractions import Fraction
from typing import Any

from tests.scoring.oracle_forms import BareNumber, RefusedError, Row, Rows, attribute, cents, instant, maximum, number


def need(condition: bool) -> None:
    """The shape of the book, or it is malformed."""
    if not condition:
        raise RefusedError("MalformedBundle")


def everything(value: Any, depth: int = 0) -> list[Any]:
    """All values and keys inside a JSON value."""
    need(depth <= 100)
    if isinstance(value, dict):
        return [value, *value, *(item for inner in value.values() for item in everything(inner, depth + 1))]
    if isinstance(value, list):
        return [value, *(item for inner in value for item in everything(inner, depth + 1))]
    return [value]


def require_readable_book(book: Any) -> None:
    """The format, bare numbers, the shape: in this order, each ends the reading."""
    parts = everything(book)
    need(not any(isinstance(part, str) and re.search("[\ud800-\udfff]", part) for part in parts))
    need(isinstance(book, dict) and isinstance(book.get("format"), str | BareNumber))
    if isinstance(book["format"], str) and book["format"] != "raymi-rules/1":
        raise RefusedError("UnknownFormat")
    if any(isinstance(part, BareNumber) for part in parts):
        raise RefusedError("NumberInRules")
    need(isinstance(book.get("title", ""), str) and isinstance(book.get("currency", ""), str))
    for stage in unique_codes(book.get("stages")):
        require_stage(stage)
    need(isinstance(book.get("panel", {}), dict))
    quorum = book.get("panel", {}).get("quorum", {})
    need(isinstance(quorum, dict))
    need(number(quorum.get("at_least", "1/2")) is not None and isinstance(quorum.get("strict", True), bool))
    for limit in objects(book.get("knock_outs", [])):
        need(is_name(limit.get("attribute")) and number(limit.get("below")) is not None)
    require_decision(book.get("decision"))
    for tie in objects(book.get("ties", [])):
        require_tie(tie)


def objects(value: Any) -> list[dict[str, Any]]:
    """A list of objects."""
    need(isinstance(value, list) and all(isinstance(item, dict) for item in value))
    items: list[dict[str, Any]] = value
    return items


def is_name(value: Any) -> bool:
    """A text that is not empty."""
    return isinstance(value, str) and value != ""


def unique_codes(value: Any) -> list[dict[str, Any]]:
    """A list, not empty, of objects with different codes."""
    items = objects(value)
    need(items != [] and all(is_name(item.get("code")) for item in items))
    need(len({item["code"] for item in items}) == len(items))
    return items


def require_stage(stage: dict[str, Any]) -> None:
    """A stage has a weight, an aggregate and criteria."""
    need(number(stage.get("weight", "1")) is not None)
    aggregate = stage.get("aggregate", {"method": "mean"})
    need(isinstance(aggregate, dict) and isinstance(aggregate.get("method", ""), str))
    if aggregate.get("method") == "trimmed":
        drop = number(aggregate.get("drop"))
        need(drop is not None and drop >= 0 and drop == int(drop))
    for criterion in unique_codes(stage.get("criteria")):
        require_criterion(criterion)


def require_criterion(criterion: dict[str, Any]) -> None:
    """A criterion is of one of three kinds."""
    need(isinstance(criterion.get("na", False), bool))
    need(criterion.get("kind") in ("points", "levels", "bands") if isinstance(criterion.get("kind"), str) else False)
    if criterion["kind"] == "levels":
        levels = criterion.get("levels")
        need(isinstance(levels, dict) and levels != {} and "na" not in levels)
        need(all(number(points) is not None for points in (levels or {}).values()))
    else:
        require_ranges(criterion)
    if criterion["kind"] != "bands" or criterion["bands"]:
        need(maximum(criterion) > 0)


def require_ranges(criterion: dict[str, Any]) -> None:
    """Points and bands have a step, and ranges that are not upside down."""
    step = number(criterion.get("step", "1"))
    need(step is not None and step > 0)
    ranges = [{"min": criterion.get("min", "0"), "max": criterion.get("max")}]
    if criterion["kind"] == "bands":
        need(is_name(criterion.get("attribute")))
        ranges = objects(criterion.get("bands"))
        need(all(number(band.get("from")) is not None and number(band.get("to")) is not None for band in ranges))
    for each in ranges:
        low, high = number(each.get("min")), number(each.get("max"))
        need(low is not None and high is not None and low <= high)


def require_decision(decision: Any) -> None:
    """A decision has a mode, and what the mode needs."""
    need(isinstance(decision, dict) and isinstance(decision.get("mode"), str))
    if decision["mode"] == "ranking":
        need(isinstance(decision.get("prizes"), list))
        need(all(cents(prize) is not None for prize in decision["prizes"]))
        need("mark" not in decision or number(decision["mark"]) is not None)
    if decision["mode"] == "pass_mark":
        need(number(decision.get("mark")) is not None)
        need("purse" not in decision or cents(decision["purse"]) is not None)
        need(isinstance(decision.get("cut", ""), str))
        need(number(decision.get("part_at_least", "0")) is not None)
        for quota in objects(decision.get("quotas", [])):
            share = number(quota.get("share"))
            need(is_name(quota.get("attribute")) and isinstance(quota.get("value"), str))
            need(share is not None and share >= 0)


def require_tie(tie: dict[str, Any]) -> None:
    """A tie rule's keys are texts; a draw has a seed, an attribute has a name."""
    need(isinstance(tie.get("by", ""), str))
    keys = {"stage": ["stage"], "criterion": ["stage", "criterion"], "attribute": ["order"]}.get(tie.get("by", ""), [])
    need(all(isinstance(tie.get(key, ""), str) for key in keys))
    if tie.get("by") == "attribute":
        need(is_name(tie.get("attribute")))
    if tie.get("by") == "draw":
        need(isinstance(tie.get("seed"), str))


def problems_of_book(book: dict[str, Any]) -> set[str]:
    """The refusals of a book of the right shape."""
    found = set()
    for stage in book["stages"]:
        if stage.get("aggregate", {"method": "mean"}).get("method") not in ("mean", "median", "trimmed", "centred"):
            found.add("UnknownMethod")
        for criterion in stage["criteria"]:
            if criterion["kind"] == "bands" and not tiles(criterion["bands"]):
                found.add("UndefinedBand")
    stages = {stage["code"]: [criterion["code"] for criterion in stage["criteria"]] for stage in book["stages"]}
    if not all(is_known_tie(tie, stages) for tie in book.get("ties", [])):
        found.add("UnknownTieRule")
    if book["decision"]["mode"] not in ("pass_mark", "ranking"):
        found.add("UnknownDecision")
    return found | (problems_of_purse(book) if book["decision"]["mode"] == "pass_mark" else set())


def is_known_tie(tie: dict[str, Any], stages: dict[str, list[str]]) -> bool:
    """Whether a tie rule exists, and what it names."""
    fine = {
        "stage": tie.get("stage") in stages,
        "criterion": tie.get("criterion") in stages.get(tie.get("stage", ""), []),
        "attribute": tie.get("order", "ascending") in ("ascending", "descending"),
        "filed_at": True,
        "draw": True,
    }
    return fine.get(tie.get("by", ""), False)


def problems_of_purse(book: dict[str, Any]) -> set[str]:
    """The refusals of a pass mark's cut, quotas and purse."""
    decision, found = book["decision"], set()
    if decision.get("cut", "stop") not in ("stop", "skip", "part"):
        found.add("UnknownDecision")
    quotas = decision.get("quotas", [])
    if quotas and ("purse" not in decision or sum(Fraction(quota["share"]) for quota in quotas) > 1):
        found.add("QuotasExceedPurse")
    if "purse" in decision and not any(tie.get("by") in ("filed_at", "draw") for tie in book.get("ties", [])):
        found.add("PurseNeedsTotalOrder")
    return found


def tiles(bands: list[dict[str, Any]]) -> bool:
    """Whether bands, in order, cover [0, 1] once."""
    reached = Fraction(0)
    for band in bands:
        if Fraction(band["from"]) != reached or Fraction(band["to"]) <= reached:
            return False
        reached = Fraction(band["to"])
    return reached == 1


def problems_of_forms(rows: Rows) -> set[str]:
    """Times, amounts and codes of the wrong form."""
    for row in rows["applications"]:
        if not row["application"] or instant(row["filed_at"]) is None or cents(row["requested"]) is None:
            return {"MalformedBundle"}
    return {"MalformedBundle"} if any(not row["juror"] for row in rows["jurors"]) else set()


def problems_of_rows(book: dict[str, Any], rows: Rows) -> set[str]:
    """Every refusal that any row gives rise to."""
    stages = {stage["code"]: stage for stage in book["stages"]}
    applications = {row["application"]: row for row in rows["applications"]}
    seats = {row["juror"]: row["stages"].split(";") if row["stages"] else [] for row in rows["jurors"]}
    found = problems_of_names(set(stages), set(applications), seats, rows)
    recused = [(row["application"], row["juror"]) for row in rows["recusals"]]
    absent = [(row["application"], row["stage"], row["juror"]) for row in rows["absences"]]
    repeats = [len(applications) - len(rows["applications"]), len(seats) - len(rows["jurors"])]
    if any(repeats) or len(set(recused)) < len(recused) or len(set(absent)) < len(absent):
        found.add("DuplicateRow")
    recused_set, absent_set = set(recused), set(absent)
    for row in rows["sheets"]:
        if (row["application"], row["juror"]) in recused_set:
            found.add("RecusedSheet")
        if (row["application"], row["stage"], row["juror"]) in absent_set:
            found.add("AbsentSheet")
    return found | problems_of_attributes(book, rows) | problems_of_scores(stages, applications, rows["sheets"])


def problems_of_names(stages: set[str], applications: set[str], seats: dict[str, list[str]], rows: Rows) -> set[str]:
    """Names that nobody has, and seats that nobody holds."""
    found = set()
    for row in rows["sheets"] + rows["recusals"] + rows["absences"]:
        if row["application"] not in applications:
            found.add("UnknownApplication")
        if row["juror"] not in seats:
            found.add("UnknownJuror")
    for row in rows["sheets"] + rows["absences"]:
        if row["stage"] not in stages:
            found.add("UnknownStage")
        if row["stage"] not in seats.get(row["juror"], []):
            found.add("NotSeated")
    if any(stage not in stages for taken in seats.values() for stage in taken):
        found.add("UnknownStage")
    return found


def problems_of_attributes(book: dict[str, Any], rows: Rows) -> set[str]:
    """Attributes that must be numbers and are not."""
    names = [limit["attribute"] for limit in book.get("knock_outs", [])]
    names += [tie["attribute"] for tie in book.get("ties", []) if tie["by"] == "attribute"]
    names += [
        criterion["attribute"] for stage in book["stages"] for criterion in stage["criteria"] if criterion["kind"] == "bands"
    ]
    texts = [attribute(row, name) for row in rows["applications"] for name in names]
    return {"NotANumber"} if any(text is not None and number(text) is None for text in texts) else set()


def problems_of_scores(stages: dict[str, Any], applications: dict[str, Row], sheets: list[Row]) -> set[str]:
    """Criteria, scores and sheets that are wrong."""
    found = set()
    written: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for row in sheets:
        if row["stage"] not in stages:
            continue
        criteria = {criterion["code"]: criterion for criterion in stages[row["stage"]]["criteria"]}
        if row["criterion"] not in criteria:
            found.add("UnknownCriterion")
            continue
        sheet = written[row["application"], row["stage"], row["juror"]]
        if row["criterion"] in sheet:
            found.add("DuplicateScore")
        sheet[row["criterion"]] = row["score"]
        problem = problem_of_score(criteria[row["criterion"]], row["score"], applications.get(row["application"], {}))
        if problem:
            found.add(problem)
    for (_, stage, _), scores in written.items():
        if len(scores) < len(stages[stage]["criteria"]) or set(scores.values()) == {"na"}:
            found.add("IncompleteSheet")
    return found


def problem_of_score(criterion: dict[str, Any], score: str, application: Row) -> str | None:
    """What is wrong with one score, if anything."""
    if score == "na":
        return None if criterion.get("na", False) else "NotANumber"
    if criterion["kind"] == "levels":
        return None if score in criterion["levels"] else "UnknownLevel"
    points = number(score)
    if points is None:
        return "NotANumber"
    scope = criterion
    if criterion["kind"] == "bands":
        value = number(attribute(application, criterion["attribute"]))
        if value is None or value < 0 or value > 1:
            return "AttributeOutOfRange"
        fitting = [band for band in criterion["bands"] if Fraction(band["from"]) <= value < Fraction(band["to"])]
        scope = fitting[0] if fitting else criterion["bands"][-1]
    low, high = Fraction(scope.get("min", "0")), Fraction(scope["max"])
    steps = (points - low) / Fraction(criterion.get("step", "1"))
    return "ScoreOutOfRange" if points < low or points > high or steps.denominator != 1 else None
