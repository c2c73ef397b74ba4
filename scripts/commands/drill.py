"""Try a promise many times over, in a database of its own: 1 when it was broken once."""

import argparse
import importlib

NAMES = {"tampering": 1000, "fuzz": 50_000, "scan": 1}
"""The drills, and how often each tries unless told."""


def main(arguments: list[str]) -> int:
    """Run the drill that is named."""
    parser = argparse.ArgumentParser("raymi drill", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--times", "--requests", type=int, help="how often it tries; of fuzz, how many requests it sends")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with, so that a trial can be repeated")
    chosen = parser.parse_args(arguments)
    drill = importlib.import_module(f"scripts.drills.{chosen.name}")
    return 1 if drill.run(chosen.times or NAMES[chosen.name], chosen.seed) else 0
