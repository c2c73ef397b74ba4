"""Work out the exact versions again after a change in pyproject.toml (for developers; the tests' tools are needed)."""

import argparse
import shutil
import subprocess
import sys

from scripts.bootstrap import paths, venv

OPTIONS = ["--generate-hashes", "--no-emit-index-url", "--no-header", "--universal", "--python-version", "3.11", "--quiet"]


def main(arguments: list[str]) -> int:
    """Write both lock files: first the one with everything, then the one to run, held to the same versions."""
    parser = argparse.ArgumentParser("raymi lock", description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions that pyproject.toml admits")
    upgrade = ["--upgrade"] if parser.parse_args(arguments).upgrade else []
    program = shutil.which("uv", path=str(venv.python().parent))
    if program is None:
        print("raymi lock: uv is one of the tests' tools: run scripts/test once.", file=sys.stderr)
        return 1
    compile_to = [program, "pip", "compile", "pyproject.toml", *OPTIONS]
    everything = [*compile_to, *upgrade, "--group", "test", "-o", venv.TEST_LOCK.name]
    to_run = [*compile_to, "-c", venv.TEST_LOCK.name, "-o", venv.RUN_LOCK.name]
    for command in (everything, to_run):
        if subprocess.run(command, check=False, cwd=paths.ROOT).returncode:
            return 1
    print("raymi: both lock files are written; scripts/raymi and scripts/test install them at their next start.")
    return 0
