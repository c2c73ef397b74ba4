"""List every dependency with its licence, as docs/dependencies.md keeps it; `--write` writes that file anew."""

import argparse
import re
import sys
from contextlib import suppress
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from scripts.bootstrap.paths import ROOT

LOCKS = ("requirements.lock", "requirements-test.lock")
DOCUMENT = ROOT / "docs" / "dependencies.md"
HEADER = """# Dependencies and their licences

Raymi is AGPL-3.0-or-later. Everything it runs with or is tested with is listed here, as the packages state it; all of it may be
combined with the AGPL. Written by `raymi licences --write`, compared by the tests.

| package | licence |
|---|---|
"""
COMPATIBLE = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "GPL-1.0-or-later",
    "GPL-2.0-or-later",
    "GPL-3.0-or-later",
    "HPND",
    "ISC",
    "LGPL-2.1-or-later",
    "LGPL-3.0-or-later",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",
    "PSF-2.0",
    "PostgreSQL",
    "Unlicense",
    "Zlib",
}
"""Licences (SPDX) whose works may be combined with a work under AGPL-3.0-or-later."""

CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v2 (LGPLv2)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
READ_BY_HAND = {
    "axe-playwright-python": "MIT AND MPL-2.0",  # its own code, and the axe-core that it carries
    "text-unidecode": "Artistic-1.0-Perl OR GPL-1.0-or-later",
}
"""Packages that state their licence only in prose, read by a person."""


def main(arguments: list[str]) -> int:
    """0 when every licence fits; 1 naming those that do not."""
    parser = argparse.ArgumentParser("raymi licences", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {DOCUMENT.name}")
    chosen = parser.parse_args(arguments)
    found = licences()
    if chosen.write:
        DOCUMENT.write_text(document(found), encoding="utf-8")
    for name, licence in found.items():
        print(f"{name:32} {licence}")
    wrong = unfit(found)
    for name in wrong:
        print(f"raymi licences: {name} is under {found[name]!r}, which is not known to fit.", file=sys.stderr)
    return 1 if wrong else 0


def licences() -> dict[str, str]:
    """The licence of each package in the lock files, by name."""
    lines = {line for lock in LOCKS for line in re.findall(r"^[A-Za-z0-9._-]+==.*$", (ROOT / lock).read_text(), re.MULTILINE)}
    found = {}
    for line in sorted(line for line in lines if "== 'never'" not in line):
        with suppress(*([PackageNotFoundError] if ";" in line else [])):  # a line with a condition may be for another machine
            package = distribution(line.partition("==")[0])
            found[package.name.lower()] = licence_of(package)
    return found


def licence_of(package: Distribution) -> str:
    """What a package says of its licence: an SPDX expression where it gives one, else by its classifier or its own words."""
    by_hand = READ_BY_HAND.get(package.name.lower())
    if by_hand:
        return by_hand
    for expression in package.metadata.get_all("License-Expression") or []:
        return str(expression)
    stated = [
        value.rsplit(" :: ", 1)[-1] for value in package.metadata.get_all("Classifier") or [] if value.startswith("License ::")
    ]
    known = [CLASSIFIERS[value] for value in stated if value in CLASSIFIERS]
    return (
        " AND ".join(sorted(set(known))) if known else str((package.metadata.get_all("License") or [""])[0]).split("\n")[0][:60]
    )


def unfit(found: dict[str, str]) -> list[str]:
    """The packages with a part whose licence is not among the compatible ones; of alternatives one is enough."""
    return [name for name, licence in found.items() if not _fits(licence)]


def document(found: dict[str, str]) -> str:
    """The text of docs/dependencies.md."""
    return HEADER + "".join(f"| {name} | {licence} |\n" for name, licence in found.items())


def _fits(licence: str) -> bool:
    choices = [part.strip(" ()") for part in licence.split(" OR ")]
    return any(all(each.strip(" ()") in COMPATIBLE for each in choice.split(" AND ")) for choice in choices)
