"""Judge a bundle: print the result of the contest in a folder as JSON (format in docs/bundle.md)."""

import argparse
import json
import sys
from pathlib import Path

from service.contests.refusals import BundleRefusal
from service.scoring.bundle import read_folder
from service.scoring.judge import judge


def main(arguments: list[str]) -> int:
    """Print the result and return 0; of a bundle that breaks a rule, say which on the error stream and return 2."""
    parser = argparse.ArgumentParser("raymi judge", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a folder with the six files of a bundle")
    folder: Path = parser.parse_args(arguments).folder
    try:
        result = judge(read_folder(folder)).as_json()
    except BundleRefusal as refusal:
        print(f"Refused: {refusal.name}: {refusal}", file=sys.stderr)
        return 2
    sys.stdout.flush()
    sys.stdout.buffer.write(json.dumps(result, indent=1, ensure_ascii=False).encode() + b"\n")
    sys.stdout.buffer.flush()
    return 0
