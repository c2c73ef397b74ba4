"""The result of a contest, for the rest of Raymi and as JSON (format ``raymi-result/1``, described in ``docs/bundle.md``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from service.contests.numbers import exact, two_decimals

FORMAT = "raymi-result/1"

Status = Literal["approved", "reserve", "not_approved", "pending", "disqualified"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one application stands. ``pending`` and ``disqualified`` have no stages, total, rank or award.

    ``award`` is set where the status is ``approved``, and only there; ``reasons`` are sorted.
    """

    application: str
    status: Status
    stages: Mapping[str, Fraction]
    total: Fraction | None
    rank: int | None
    award: Decimal | None
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The standing as one of the ``results``."""
        return {
            "application": self.application,
            "status": self.status,
            "stages": {code: exact(value) for code, value in self.stages.items()},
            "total": None if self.total is None else exact(self.total),
            "total_shown": None if self.total is None else two_decimals(self.total),
            "rank": self.rank,
            "award": None if self.award is None else str(self.award),
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Result:
    """What the judge says: by rank, then application; those without a rank last.

    A provisional result holds an application that is pending: the committee may see it, but it is never announced or signed.
    """

    rules_sha256: str
    provisional: bool
    standings: tuple[Standing, ...]

    def as_json(self) -> dict[str, Any]:
        """The result as a JSON value."""
        return {
            "format": FORMAT,
            "rules_sha256": self.rules_sha256,
            "provisional": self.provisional,
            "results": [standing.as_json() for standing in self.standings],
        }
