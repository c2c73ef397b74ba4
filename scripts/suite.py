"""Formats, lints, types and tests the code: the same steps for a developer and for the continuous integration."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from scripts.bootstrap import paths

CODE = [".", "scripts/raymi", "scripts/test"]
TYPED = ["service", "api", "scripts", "tests"]
BANDIT = ["bandit", "-q", "-r", "service", "api", "scripts", "-s", "B101,B404,B603,B606,B607"]
"""Bandit looks at everything. Passed over: `assert` (it states what types cannot, and guards nothing), and the starting of programs,
which `scripts/` is there for; ruff asks for a reason at each place outside of it. All else is argued on its line."""
IN_PARALLEL = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
"""The whole suite runs on two cores, a file on one of them, the journeys first; a part of it, as it is called."""
REFERENCE = paths.ROOT.parent / "shared"
"""Where the reference data of the tests marked `oracles` lies: beside the checkout."""


def main(arguments: list[str]) -> int:
    """Run all steps up to the first that fails, whose exit code comes back; pytest's words come last."""
    parser = argparse.ArgumentParser(
        "scripts/test", description=f"{__doc__} Further arguments go to pytest: scripts/test tests/scoring -k ties"
    )
    parser.add_argument("--fast", action="store_true", help="the tests only, without formatting, linting and types")
    parser.add_argument(
        "--oracles", action="store_true", help="also the comparisons with the reference data beside the checkout"
    )
    chosen, rest = parser.parse_known_args(arguments)
    if chosen.oracles and not REFERENCE.is_dir():
        print(f"scripts/test: --oracles compares with the reference data in {REFERENCE}, which is not there.", file=sys.stderr)
        return 1
    steps = [] if chosen.fast else [["ruff", "format", "--check", *CODE], ["ruff", "check", *CODE], ["mypy", *TYPED], BANDIT]
    steps.append(["pytest", *([] if chosen.oracles else ["-m", "not oracles"]), *(rest or IN_PARALLEL)])
    return next((code for step in steps if (code := run(step))), 0)


def run(step: Sequence[str]) -> int:
    """Run one tool of the environment; its exit code comes back."""
    print(f"scripts/test: {' '.join(step)}", flush=True)
    code = subprocess.run([sys.executable, "-P", "-m", *step], check=False, cwd=paths.ROOT).returncode
    if code:
        print(f"scripts/test: {step[0]} failed.", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
