"""A second judge, written from the bundle's description alone: plain loops over fractions, nothing shared with the service.

It is slow and simple on purpose. Tests compare the judge with it, and the bench measures it side by side.

    python -m tests.scoring.oracle_judge FOLDER       prints the result, or the name of the refusal
"""

import hashlib
import json
import sys
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.scoring.oracle_checks import problems_of_book, problems_of_forms, problems_of_rows, require_readable_book
from tests.scoring.oracle_forms import RefusedError, Rows, attribute, cents, instant, maximum, number, read

NAMES = """
    MalformedBundle UnknownFormat NumberInRules UnknownMethod UnknownDecision UnknownTieRule UndefinedBand QuotasExceedPurse
    PurseNeedsTotalOrder DuplicateRow UnknownApplication UnknownJuror UnknownStage NotSeated RecusedSheet AbsentSheet
    UnknownCriterion DuplicateScore UnknownLevel NotANumber AttributeOutOfRange ScoreOutOfRange IncompleteSheet
"""

Outcome = dict[str, tuple[str, int | None, list[str]]]
"""By application: status, award in cents, reasons."""


def judge_folder(folder: Path) -> dict[str, Any]:
    """The result of the bundle in a folder. Raises ``RefusedError`` with the name that stands first."""
    sys.set_int_max_str_digits(0)
    book, rows = read(folder)
    require_readable_book(book)
    found = problems_of_book(book) | problems_of_forms(rows)
    if not found:
        found = problems_of_rows(book, rows)
    if found:
        raise RefusedError(min(found, key=NAMES.split().index))
    return Contest(book, rows).result()


class Contest:
    """A bundle without a fault, judged step by step."""

    def __init__(self, book: dict[str, Any], rows: Rows) -> None:
        self.book = book
        self.applications = {row["application"]: row for row in rows["applications"]}
        self.seats: dict[str, list[str]] = {stage["code"]: [] for stage in book["stages"]}
        for row in rows["jurors"]:
            for stage in set(row["stages"].split(";")) - {""}:
                self.seats[stage].append(row["juror"])
        self.recused = {(row["application"], row["juror"]) for row in rows["recusals"]}
        self.absent = {(row["application"], row["stage"], row["juror"]) for row in rows["absences"]}
        self.criteria = {(stage["code"], each["code"]): each for stage in book["stages"] for each in stage["criteria"]}
        self.maxima = {key: maximum(criterion) for key, criterion in self.criteria.items()}
        self.points: dict[tuple[str, str, str], dict[str, Fraction | None]] = defaultdict(dict)
        for row in rows["sheets"]:
            criterion = self.criteria[row["stage"], row["criterion"]]
            text = criterion["levels"][row["score"]] if row["score"] in criterion.get("levels", {}) else row["score"]
            sheet = self.points[row["application"], row["stage"], row["juror"]]
            sheet[row["criterion"]] = None if row["score"] == "na" else Fraction(text)

    def result(self) -> dict[str, Any]:
        """The result value."""
        open_ones = {
            name: (status, reasons) for name in self.applications for status, reasons in [self.obstacle(name)] if status
        }
        judged = [name for name in self.applications if name not in open_ones]
        stages = {stage["code"]: self.stage_values(stage, judged) for stage in self.book["stages"]}
        weights = {stage["code"]: Fraction(stage.get("weight", "1")) for stage in self.book["stages"]}
        totals = {name: sum((weights[stage] * stages[stage][name] for stage in stages), Fraction(0)) for name in judged}
        keys = {
            name: [-totals[name], *(self.tie_key(tie, name, stages) for tie in self.book.get("ties", []))] for name in judged
        }
        order = sorted(judged, key=lambda name: (keys[name], name))
        ranks: dict[str, int] = {}
        for place, name in enumerate(order):
            same = place > 0 and keys[order[place - 1]] == keys[name]
            ranks[name] = ranks[order[place - 1]] if same else place + 1
        decide = self.prizes if self.book["decision"]["mode"] == "ranking" else self.grants
        outcome = decide(order, totals, ranks)
        results = []
        for name in order:
            status, award, reasons = outcome[name]
            line: dict[str, Any] = {"application": name, "status": status}
            line |= {"stages": {stage: str(stages[stage][name]) for stage in stages}, "total": str(totals[name])}
            line |= {"total_shown": shown(totals[name]), "rank": ranks[name]}
            line |= {"award": None if award is None else f"{award // 100}.{award % 100:02}", "reasons": sorted(set(reasons))}
            results.append(line)
        for name in sorted(open_ones):
            empty: dict[str, Any] = {"stages": {}, "total": None, "total_shown": None, "rank": None, "award": None}
            results.append(
                {"application": name, "status": open_ones[name][0], **empty, "reasons": sorted(set(open_ones[name][1]))}
            )
        provisional = any(status == "pending" for status, _ in open_ones.values())
        return {"format": "raymi-result/1", "rules_sha256": sha256(self.book), "provisional": provisional, "results": results}

    def obstacle(self, name: str) -> tuple[str, list[str]]:
        """Why an application is not judged: the status and the reasons."""
        values = {
            limit["attribute"]: number(attribute(self.applications[name], limit["attribute"]))
            for limit in self.book.get("knock_outs", [])
        }
        below = []
        for limit in self.book.get("knock_outs", []):
            value = values[limit["attribute"]]
            if value is not None and value < Fraction(limit["below"]):
                below.append("knocked_out:" + limit["attribute"])
        if below:
            return "disqualified", below
        reasons = ["missing_attribute:" + key for key, value in values.items() if value is None]
        quorum = self.book.get("panel", {}).get("quorum", {})
        share, strict = Fraction(quorum.get("at_least", "1/2")), quorum.get("strict", True)
        for stage, seated in self.seats.items():
            base = [juror for juror in seated if (name, juror) not in self.recused]
            present = [juror for juror in base if (name, stage, juror) not in self.absent]
            enough = len(present) > share * len(base) if strict else len(present) >= share * len(base)
            if not present or not enough:
                reasons.append(f"no_quorum:{stage}")
                continue
            reasons += [f"missing_sheet:{stage}:{juror}" for juror in present if (name, stage, juror) not in self.points]
        return ("pending" if reasons else ""), reasons

    def sheet_total(self, stage: str, scores: dict[str, Fraction | None]) -> Fraction:
        """The sum, stretched over what is not applicable."""
        every = sum((self.maxima[stage, code] for code in scores), Fraction(0))
        counted = sum((self.maxima[stage, code] for code, points in scores.items() if points is not None), Fraction(0))
        return sum((points for points in scores.values() if points is not None), Fraction(0)) * every / counted

    def stage_values(self, stage: dict[str, Any], judged: list[str]) -> dict[str, Fraction]:
        """The aggregate of each application's sheet totals."""
        totals: dict[str, dict[str, Fraction]] = {name: {} for name in judged}
        for name in judged:
            for juror in self.seats[stage["code"]]:
                if (name, stage["code"], juror) in self.points:
                    totals[name][juror] = self.sheet_total(stage["code"], self.points[name, stage["code"], juror])
        aggregate = stage.get("aggregate", {"method": "mean"})
        if aggregate["method"] == "centred":
            everyone = [total for panel in totals.values() for total in panel.values()]
            own: dict[str, list[Fraction]] = defaultdict(list)
            for panel in totals.values():
                for juror, total in panel.items():
                    own[juror].append(total)
            means = {juror: mean(given) for juror, given in own.items()}
            middle = mean(everyone) if everyone else Fraction(0)
            totals = {name: {j: t + middle - means[j] for j, t in panel.items()} for name, panel in totals.items()}
        return {name: aggregated(aggregate, list(panel.values())) for name, panel in totals.items()}

    def tie_key(self, tie: dict[str, Any], name: str, stages: dict[str, dict[str, Fraction]]) -> Any:
        """What a tie rule sorts an application by."""
        if tie["by"] == "stage":
            return -stages[tie["stage"]][name]
        if tie["by"] == "criterion":
            sheets = [self.points.get((name, tie["stage"], juror), {}) for juror in self.seats[tie["stage"]]]
            given = [points for sheet in sheets if (points := sheet.get(tie["criterion"])) is not None]
            return [0, -mean(given)] if given else [1]
        if tie["by"] == "attribute":
            value = number(attribute(self.applications[name], tie["attribute"]))
            if value is None:
                return [1]
            return [0, -value if tie.get("order") == "descending" else value]
        if tie["by"] == "filed_at":
            return instant(self.applications[name]["filed_at"])
        return hashlib.sha256((tie["seed"] + ":" + name).encode("utf-8")).hexdigest()

    def grants(self, order: list[str], totals: dict[str, Fraction], _: dict[str, int]) -> Outcome:
        """Pass mark, purse, quotas."""
        decision = self.book["decision"]
        outcome: Outcome = {name: ("not_approved", None, ["below_mark"]) for name in order}
        passing = [name for name in order if totals[name] >= Fraction(decision["mark"])]
        asked = {name: cents(self.applications[name]["requested"]) or 0 for name in order}
        if "purse" not in decision:
            return outcome | {name: ("approved", asked[name], []) for name in passing}
        purse = left = cents(decision["purse"]) or 0
        funded = set()
        for quota in decision.get("quotas", []):
            kept = (purse * Fraction(quota["share"])).__floor__()
            for name in passing:
                matches = attribute(self.applications[name], quota["attribute"]) == quota["value"]
                if matches and name not in funded and asked[name] <= kept:
                    kept -= asked[name]
                    left -= asked[name]
                    funded.add(name)
                    outcome[name] = ("approved", asked[name], [f"quota:{quota['attribute']}={quota['value']}"])
        over, cut = False, decision.get("cut", "stop")
        for name in passing:
            if name in funded:
                continue
            if over:
                outcome[name] = ("reserve", None, ["purse_exhausted"])
            elif asked[name] <= left:
                left -= asked[name]
                outcome[name] = ("approved", asked[name], [])
            elif cut == "part" and left > 0 and left >= Fraction(decision.get("part_at_least", "0")) * asked[name]:
                outcome[name] = ("approved", left, ["part_funded"])
                over = True
            else:
                outcome[name] = ("reserve", None, ["purse_exhausted"])
                over = cut != "skip"
        return outcome

    def prizes(self, order: list[str], totals: dict[str, Fraction], ranks: dict[str, int]) -> Outcome:
        """Ranking with prizes."""
        decision = self.book["decision"]
        prizes = dict(enumerate((cents(prize) or 0 for prize in decision["prizes"]), 1))
        outcome: Outcome = {}
        for rank in sorted(set(ranks.values())):
            group = [name for name in order if ranks[name] == rank]
            if "mark" in decision and totals[group[0]] < Fraction(decision["mark"]):
                outcome |= {name: ("not_approved", None, ["below_mark"]) for name in group}
                continue
            pool = sum(prizes.get(rank + number, 0) for number in range(len(group)))
            parts = dict.fromkeys(group, pool // len(group))
            group.sort(key=lambda name: (instant(self.applications[name]["filed_at"]), name))
            for name in group[: pool % len(group)]:
                parts[name] += 1
            for name in group:
                pooled = ["tie_pooled"] if len(group) > 1 else []
                outcome[name] = ("approved", parts[name], pooled) if parts[name] else ("not_approved", None, ["no_prize_left"])
        return outcome


def mean(values: list[Fraction]) -> Fraction:
    """The plain mean."""
    return sum(values, Fraction(0)) / len(values)


def aggregated(aggregate: dict[str, Any], totals: list[Fraction]) -> Fraction:
    """Mean, median or trimmed mean (the centred ones come shifted)."""
    totals = sorted(totals)
    if aggregate["method"] == "median":
        return (totals[len(totals) // 2] + totals[(len(totals) - 1) // 2]) / 2
    if aggregate["method"] == "trimmed":
        drop = int(Fraction(aggregate["drop"]))
        if len(totals) >= 2 * drop + 1:
            totals = totals[drop : len(totals) - drop]
    return mean(totals)


def shown(total: Fraction) -> str:
    """Two decimals, half away from zero."""
    hundredths = (abs(total) * 100 + Fraction(1, 2)).__floor__()
    return ("-" if total < 0 and hundredths > 0 else "") + f"{hundredths // 100}.{hundredths % 100:02}"


def sha256(book: dict[str, Any]) -> str:
    """The hash of the canonical form; a book holds texts, booleans, nulls, lists and objects."""
    return hashlib.sha256(canonical(book).encode()).hexdigest()


def canonical(value: Any) -> str:
    """RFC 8785 for values without numbers: keys sort by their UTF-16 code units."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    try:
        print(json.dumps(judge_folder(Path(sys.argv[1])), indent=1, ensure_ascii=False))
    except RefusedError as refusal:
        print(f"Refused: {refusal}", file=sys.stderr)
        sys.exit(2)
