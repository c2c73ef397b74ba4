"""The form of a rule book, drawn from its desk: groups of fields with buttons that add, move and remove rows, findings at their place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from api.language import say
from api.pages.forms import Field
from api.pages.rule_desk import LANGUAGES, TIE, Desk
from service.contests.inspection import Finding, Inspection
from service.core.texts import Phrase

Choices = Sequence[tuple[str, str]]

NAMES = {"es": "Name in Spanish", "en": "Name in English", "qu": "Name in Quechua"}
KINDS: Choices = (("points", "Points"), ("levels", "Levels"), ("bands", "Bands by an attribute"))
METHODS: Choices = (
    ("mean", "Mean of the jurors"),
    ("median", "Median of the jurors"),
    ("trimmed", "Mean without the highest and the lowest"),
    ("centred", "Mean, strict and lenient jurors evened out"),
)
STRICT: Choices = (("true", "More than this share"), ("false", "At least this share"))
MODES: Choices = (("pass_mark", "Pass mark"), ("ranking", "Prizes by place"))
CUTS: Choices = (
    ("stop", "Stop at the first request that does not fit"),
    ("skip", "Pass over requests that do not fit"),
    ("part", "Give a part to the first that does not fit"),
)
BY: Choices = (
    ("stage", "Result of a stage"),
    ("criterion", "Result of a criterion"),
    ("attribute", "Value of an attribute"),
    ("filed_at", "Time of filing"),
    ("draw", "Public draw"),
)
ORDERS: Choices = (("ascending", "Lowest first"), ("descending", "Highest first"))
ROW_BUTTONS = (("up", "Move up"), ("down", "Move down"), ("remove", "Remove"))


@dataclass
class Group:
    """Fields that belong together under a dotted name; ``fold`` hides them until they are asked for."""

    name: str
    legend: str | Phrase
    fields: list[Field] = field(default_factory=list)
    hidden: list[tuple[str, str]] = field(default_factory=list)
    groups: list[Self] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    errors: Sequence[str] = ()
    fold: bool = False
    open: bool = False


@dataclass(frozen=True)
class Drawn:
    """The groups of the form, and each finding with the name of what shows it and the legends around it."""

    groups: list[Group]
    findings: list[tuple[Finding, str, list[str | Phrase]]]


def draw(desk: Desk, inspection: Inspection, language: str, at: str = "") -> Drawn:
    """The form; ``at`` is where the last button was pressed, which stays open."""
    plain = _Drawing(desk, {}, language, at)
    plain.all()
    findings = [
        (each, place, plain.around(place)) for each in inspection.findings for place in [_nearest(each.place, plain.names)]
    ]
    errors: dict[str, list[str]] = {}
    for finding, place, _ in findings:
        errors.setdefault(place, []).append(say(language, finding.text))
    return Drawn(_Drawing(desk, errors, language, at).all(), findings)


def _nearest(place: str, names: set[str]) -> str:
    """The name that a finding is shown at: its own, or that of the closest group around it."""
    while place and place not in names:
        place = place.rpartition(".")[0]
    return place


class _Drawing:
    def __init__(self, desk: Desk, errors: Mapping[str, Sequence[str]], language: str, at: str) -> None:
        self.desk, self.errors, self.language, self.at = desk, errors, language, at
        self.names: set[str] = set()
        self.legends: dict[str, str | Phrase] = {}
        self.stages = [(each.get("code", ""), each.get("code", "")) for each in self._rows(desk, "stages")]

    def all(self) -> list[Group]:
        head = self._group("", "Title and names", self.desk, [("title", "Title")])
        head.fields += self._label_fields("", self.desk)
        return [head, self._stages(), self._panel(), self._limits(), self._decision(), self._ties(), self._terms()]

    def around(self, place: str) -> list[str | Phrase]:
        """The legends of the groups that a place lies in, but those of lists inside others."""
        path = place.split(".")
        prefixes = [".".join(path[: length + 1]) for length in range(len(path))]
        named = [each for each in prefixes if each in self.legends and (each[-1:].isdigit() or each == place)]
        return [self.legends[each] for each in named] or [self.legends.get(path[0], self.legends[""])]

    def _stages(self) -> Group:
        group = self._list("stages", "Stages", "Add a stage")
        for number, each in enumerate(self._rows(self.desk, "stages")):
            place = f"stages.{number}"
            legend = Phrase("Stage {number}: {name}", number=number + 1, name=self._called(each))
            fields = [("code", "Code"), ("heading", "What the sheet sums to"), ("weight", "Weight in the total")]
            stage = self._row(place, legend, each, fields)
            stage.fields[1:1] = self._label_fields(place, each)
            stage.fields += self._fields(
                f"{place}.aggregate", each.get("aggregate", {}), [("method", "How jurors count", METHODS)]
            )
            if each.get("aggregate", {}).get("rest"):
                stage.hidden.append((f"{place}.aggregate.rest", each["aggregate"]["rest"]))
            if each.get("aggregate", {}).get("method") == "trimmed":
                drop = [("drop", "How many to leave out at each end")]
                stage.fields += self._fields(f"{place}.aggregate", each["aggregate"], drop)
            stage.groups.append(self._criteria(place, each))
            group.groups.append(stage)
        return group

    def _criteria(self, place: str, stage: Desk) -> Group:
        group = self._list(f"{place}.criteria", "Criteria", "Add a criterion")
        for number, each in enumerate(self._rows(stage, "criteria")):
            here = f"{place}.criteria.{number}"
            criterion = self._row(here, self._summary(each), each, [("code", "Code"), ("kind", "Kind", KINDS)])
            criterion.fields[1:1] = self._label_fields(here, each)
            self._by_kind(criterion, here, each)
            criterion.fields.append(self._field(here, each, "na", "A juror may write “does not apply”", "check"))
            self._fold(criterion, here)
            group.groups.append(criterion)
        return group

    def _by_kind(self, group: Group, place: str, criterion: Desk) -> None:
        kind = criterion.get("kind")
        if kind == "points":
            group.fields += self._fields(place, criterion, [("min", "Least"), ("max", "Most"), ("step", "Step")])
        if kind == "bands":
            group.fields += self._fields(place, criterion, [("attribute", "Attribute"), ("step", "Step")])
            group.groups.append(self._bands(place, criterion))
        if kind == "levels":
            group.groups.append(self._levels(place, criterion))

    def _bands(self, place: str, criterion: Desk) -> Group:
        group = self._list(f"{place}.bands", "Bands", "Add a band")
        fields = [("from", "From (included)"), ("to", "To (excluded, but the last)"), ("min", "Least"), ("max", "Most")]
        for number, each in enumerate(self._rows(criterion, "bands")):
            legend = Phrase("Band {number}", number=number + 1)
            group.groups.append(self._row(f"{place}.bands.{number}", legend, each, fields))
        return group

    def _levels(self, place: str, criterion: Desk) -> Group:
        group = self._list(f"{place}.levels", "Levels", "Add a level")
        for number, each in enumerate(self._rows(criterion, "levels")):
            here = f"{place}.levels.{number}"
            level = self._row(here, Phrase("Level {number}", number=number + 1), each, [("name", "Code"), ("points", "Points")])
            level.buttons = [(f"remove:{here}", "Remove")]  # levels stand by their points
            level.fields += self._label_fields(here, each)
            group.groups.append(level)
        return group

    def _panel(self) -> Group:
        quorum = self.desk.get("panel", {}).get("quorum", {})
        fields = [("at_least", "Share of the seats that must be present"), ("strict", "How it is counted", STRICT)]
        return self._group("panel.quorum", "Quorum of the panel", quorum, fields)

    def _limits(self) -> Group:
        group = self._list("knock_outs", "Knock-outs", "Add a knock-out")
        fields = [("attribute", "Attribute"), ("below", "Disqualified below")]
        for number, each in enumerate(self._rows(self.desk, "knock_outs")):
            legend = Phrase("Knock-out {number}", number=number + 1)
            group.groups.append(self._row(f"knock_outs.{number}", legend, each, fields))
        return group

    def _decision(self) -> Group:
        decision = self.desk.get("decision", {})
        mode = decision.get("mode")
        group = self._group("decision", "Decision", decision, [("mode", "How it is decided", MODES)])
        if mode == "ranking":
            group.fields.append(self._field("decision", decision, "prizes", "Prizes, one amount on each line", "long"))
            group.fields += self._fields("decision", decision, [("mark", "No prize below this total")])
        if mode == "pass_mark":
            fields = [
                ("mark", "Total to pass"),
                ("purse", "Purse"),
                ("cut", "Where the purse ends", CUTS),
                ("part_at_least", "Least part of a request to give"),
            ]
            group.fields += self._fields("decision", decision, fields)
            group.groups.append(self._quotas(decision))
        return group

    def _quotas(self, decision: Desk) -> Group:
        group = self._list("decision.quotas", "Shares of the purse kept first", "Add a share")
        fields = [("attribute", "Attribute"), ("value", "Value"), ("share", "Share of the purse")]
        for number, each in enumerate(self._rows(decision, "quotas")):
            legend = Phrase("Share {number}", number=number + 1)
            group.groups.append(self._row(f"decision.quotas.{number}", legend, each, fields))
        return group

    def _ties(self) -> Group:
        group = self._list("ties", "Ties, in this order", "Add a tie rule")
        criteria = {each.get("code", "") for stage in self._rows(self.desk, "stages") for each in self._rows(stage, "criteria")}
        asked: dict[str, tuple[Any, ...]] = {
            "stage": ("stage", "Stage", self.stages),
            "criterion": ("criterion", "Criterion", [(code, code) for code in sorted(criteria)]),
            "attribute": ("attribute", "Attribute"),
            "order": ("order", "Order", ORDERS),
            "seed": ("seed", "Seed of the draw"),
        }
        for number, each in enumerate(self._rows(self.desk, "ties")):
            legend = Phrase("Tie rule {number}", number=number + 1)
            fields = [("by", "By what", BY), *(asked[name] for name in TIE.get(each.get("by", ""), ()))]
            group.groups.append(self._row(f"ties.{number}", legend, each, fields))
        return group

    def _terms(self) -> Group:
        terms = self.desk.get("terms", {})
        tranches = dict(enumerate(terms.get("tranches", []) or []))
        shares = {str(number): tranches.get(number, "") for number in (0, 1)}
        group = self._group("terms", "Terms", terms, [])
        group.fields += self._fields(
            "terms.tranches", shares, [("0", "Share of the first tranche"), ("1", "Share of the second tranche")]
        )
        group.fields += self._fields(
            "terms",
            terms,
            [
                ("own_share_first", "Part of its own share that a group deposits first"),
                ("gate", "Part of the first tranche to account for before the second"),
                ("tries", "Number of presentations"),
                ("months", "Months to carry out the plan"),
                ("appeal_days", "Days to appeal a result, 0 for no appeals"),
            ],
        )
        return group

    def _list(self, name: str, legend: str, add: str) -> Group:
        group = self._group(name, legend, {}, [])
        group.buttons = [(f"add:{name}", add)]
        return group

    def _row(self, name: str, legend: str | Phrase, desk: Desk, fields: Sequence[tuple[Any, ...]]) -> Group:
        group = self._group(name, legend, desk, fields)
        group.buttons = [(f"{act}:{name}", text) for act, text in ROW_BUTTONS]
        return group

    def _group(self, name: str, legend: str | Phrase, desk: Desk, fields: Sequence[tuple[Any, ...]]) -> Group:
        self.names.add(name)
        self.legends[name] = legend
        rest = f"{name}.rest" if name else "rest"
        hidden = [(rest, str(desk["rest"]))] if desk.get("rest") else []
        return Group(name, legend, self._fields(name, desk, fields), hidden, errors=self.errors.get(name, ()))

    def _fields(self, place: str, desk: Desk, fields: Sequence[tuple[Any, ...]]) -> list[Field]:
        return [self._field(place, desk, name, label, "choice" if more else "text", *more) for name, label, *more in fields]

    def _field(self, place: str, desk: Desk, name: str, label: str, kind: str, choices: Choices = ()) -> Field:
        path = f"{place}.{name}" if place else name
        self.names.add(path)
        value = desk.get(name, "")
        if kind == "choice" and value and value not in dict(choices):
            choices = [*choices, (value, value)]  # what was typed stays, though it is not known
        return Field(path, label, kind, False, value, " ".join(self.errors.get(path, ())) or None, choices, translate=True)

    def _label_fields(self, place: str, desk: Desk) -> list[Field]:
        label = desk.get("label", {})
        path = f"{place}.label" if place else "label"
        return self._fields(path, label if isinstance(label, dict) else {}, [(code, NAMES[code]) for code in LANGUAGES])

    def _fold(self, group: Group, place: str) -> None:
        """Hide a criterion in which nothing is wrong and at which nobody works."""
        below = [name for name in self.errors if name == place or name.startswith(place + ".")]
        group.fold, group.open = True, bool(below) or self.at == place or self.at.startswith(place + ".")

    def _called(self, desk: Desk) -> str:
        label = desk.get("label", {})
        return str(label.get(self.language) or label.get("es") or desk.get("code", ""))

    def _summary(self, criterion: Desk) -> str:
        kind, most = criterion.get("kind"), criterion.get("max", "")
        if kind == "points":
            return f"{self._called(criterion)} · {criterion.get('min') or 0}–{most}"
        rows = self._rows(criterion, str(kind))
        return f"{self._called(criterion)} · {', '.join(str(each.get('points', each.get('max', ''))) for each in rows)}"

    def _rows(self, desk: Desk, name: str) -> list[Desk]:
        inner = desk.get(name)
        return [each for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []
