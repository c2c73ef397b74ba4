"""Measure what has to be fast, side by side with a reference: figures and ratios."""

import argparse
import importlib

NAMES = ("judge", "contract", "sheets", "ranking", "judging", "rolls", "record")


def main(arguments: list[str]) -> int:
    """Run the benches named, or all in turn."""
    parser = argparse.ArgumentParser("raymi bench", description=__doc__)
    parser.add_argument("name", nargs="?", choices=NAMES, help="one bench (all of them unless told)")
    parser.add_argument("--proposals", type=int, default=100_000, help="of the contest that judging ranks (100000 unless told)")
    chosen = parser.parse_args(arguments)
    for name in (chosen.name,) if chosen.name else NAMES:
        bench = importlib.import_module(f"scripts.bench.{name}")
        print(f"\n{(bench.__doc__ or '').partition(chr(10))[0]}\n", flush=True)
        bench.run(chosen.proposals) if name == "judging" else bench.run()
    return 0
