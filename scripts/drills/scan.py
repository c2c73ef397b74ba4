"""Scan the pages with wapiti, as nobody and as the programme: no finding above informational.

Wapiti pins old libraries, so it lives in an environment of its own under ``var/venvs/scanner``, made at the first call from the
registry that pip is set up with. It asks nothing outside of the loopback address.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from api.deps import COOKIE
from scripts.bootstrap import paths
from scripts.drills.fuzz import tokens_of
from scripts.drills.served import Served, demo_served
from scripts.refusal import Refused

WAPITI = "wapiti3==3.2.3"
MODULES = "cookieflags,crlf,csp,csrf,exec,file,http_headers,ldap,methods,permanentxss,redirect,sql,xss,xxe"
"""Those that need no server outside."""

LONGEST, LONGEST_ATTACK = 240, 90
"""Seconds of a scan's crawl, and of each kind of attack."""

INFORMATIONAL = 0


class NoScanner(Refused):
    """The scanner cannot be installed here."""


def run(_times: int, _seed: int) -> int:
    """How many findings are above informational."""

    scanner = _scanner()
    with demo_served() as served:
        tokens = asyncio.run(tokens_of(served.database_url, ("", "programme")))
        found = [finding for name, token in tokens.items() for finding in _scan(scanner, served, name or "nobody", token)]
    print(f"{len(found)} findings above informational" + "".join(f"\n- {each}" for each in found))
    return len(found)


def _scanner() -> Path:
    """The program, installed where it is not there yet. Refuses: NoScanner."""
    place = paths.var_directory() / "venvs" / "scanner"
    program = place / "bin" / "wapiti"
    if not program.exists():
        print(f"Installing {WAPITI} into {place} ...", flush=True)
        venv.create(place, with_pip=True, clear=True)
        done = subprocess.run([place / "bin" / "pip", "install", "-q", WAPITI], capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoScanner(f"{WAPITI} cannot be installed: {done.stderr.strip()[-500:]}")
    return program


def _scan(scanner: Path, served: Served, name: str, token: str) -> list[str]:
    """What it finds above informational; everything is printed in a line."""
    with tempfile.TemporaryDirectory(prefix="raymi-scan-") as place:
        report = Path(place) / "report.json"
        options = [
            "-u",
            f"{served.url}/",
            "-m",
            MODULES,
            "-f",
            "json",
            "-o",
            str(report),
            "--no-bugreport",
            "-v",
            "0",
            "--scope",
            "folder",
        ]
        options += ["-x", f"{served.url}/sign-out", "-H", "Sec-Fetch-Site: same-origin", "-S", "normal", "--flush-session"]
        options += ["--max-scan-time", str(LONGEST), "--max-attack-time", str(LONGEST_ATTACK)]
        options += ["--store-session", place, "--store-config", place, *(["-C", f"{COOKIE}={token}"] if token else [])]
        subprocess.run([scanner, *options], cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=sys.stderr)
        said: dict[str, Any] = json.loads(report.read_text())
    found = [
        (int(each["level"]), f"as {name}: {kind}: {each['method']} {each['path']} {each['parameter'] or ''} {each['info']}")
        for kind, each in (
            (kind, each) for group in ("vulnerabilities", "anomalies") for kind, list_ in said[group].items() for each in list_
        )
    ]
    print(f"as {name}: {said['infos'].get('crawled_pages_nbr', '?')} pages and forms, {len(found)} findings")
    return [text for level, text in found if level > INFORMATIONAL]
