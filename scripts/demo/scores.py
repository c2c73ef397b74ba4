"""The scores that the demo plays: bundles of plain files, its own or, for the plans, another folder's."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from service.core.clock import PERU
from service.scoring.bundle import Bundle, read_folder
from service.scoring.judge import judge
from service.scoring.result import Result

FIRST_DAY, LAST_DAY = datetime(2026, 1, 6, 8, tzinfo=PERU), datetime(2026, 2, 14, 8, tzinfo=PERU)
FOLDER = Path(__file__).parent / "bundles"


@dataclass(frozen=True)
class Script:
    """A bundle as the demo plays it."""

    folder: Path

    @cached_property
    def bundle(self) -> Bundle:
        """The bundle, read and checked."""
        return read_folder(self.folder)

    @cached_property
    def book(self) -> dict[str, Any]:
        """The rule book as it is written."""
        value: dict[str, Any] = json.loads((self.folder / "rules.json").read_text(encoding="utf-8-sig"))
        return value

    @cached_property
    def expected(self) -> Result:
        """What the judge says of the files themselves."""
        return judge(self.bundle)

    @cached_property
    def filed_at(self) -> dict[str, str]:
        """When each application is filed: as written, or an hour apart in the same order where that is outside the demo's weeks."""
        written = {row[0]: row[1] for row in self.bundle.applications}
        instants = sorted({datetime.fromisoformat(text) for text in written.values()})
        if all(FIRST_DAY <= instant < LAST_DAY for instant in instants):
            return written
        moved = {instant: FIRST_DAY + timedelta(hours=place) for place, instant in enumerate(instants)}
        return {code: moved[datetime.fromisoformat(text)].isoformat() for code, text in written.items()}

    @cached_property
    def sheets(self) -> dict[tuple[str, str, str], dict[str, str]]:
        """By application, stage and juror: what was written for each criterion."""
        found: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
        for application, stage, juror, criterion, score in self.bundle.sheets:
            found[application, stage, juror][criterion] = score
        return dict(found)


@dataclass(frozen=True)
class Scores:
    """The four contests' scripts."""

    plans: Script
    idl: Script
    cif: Script
    second: Script

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the plans' files: what tells one story from another."""
        files = sorted(file for file in self.plans.folder.glob("*.*") if file.name != "result.json")
        return hashlib.sha256(b"".join(file.name.encode() + file.read_bytes() for file in files)).hexdigest()


def load(plans: Path | None = None) -> Scores:
    """The demo's own scripts, with another folder for the plans if given."""
    return Scores(
        Script(plans or FOLDER / "plans"),
        Script(FOLDER / "idl"),
        Script(FOLDER / "cif-prizes"),
        Script(FOLDER / "plans-second"),
    )
