"""List the texts that lack a translation, by language, and the translations that nothing shows any more."""

import argparse

from scripts.texts.collect import texts
from scripts.texts.compare import CATALOGUES, lacking, left_over

MUST_BE_WHOLE = "es"
"""Other languages fall back to this one, so it may lack nothing."""


def main(arguments: list[str]) -> int:
    """Print a line for each such text; 1 where Spanish lacks any."""
    parser = argparse.ArgumentParser("raymi texts", description=__doc__)
    parser.add_argument("languages", metavar="LANGUAGE", nargs="*", help=f"of {', '.join(CATALOGUES)}; all unless told")
    chosen: list[str] = parser.parse_args(arguments).languages or list(CATALOGUES)
    if not set(chosen) <= set(CATALOGUES):
        parser.error(f"the catalogues are {', '.join(CATALOGUES)}")
    found = texts()
    for language in chosen:
        missing = lacking(language, found)
        print(f"{language}: {len(found) - len(missing)} of {len(found)} texts translated")
        for text, place in missing.items():
            print(f"  lacks {text!r} ({place})")
        for text in left_over(language, found):
            print(f"  shown nowhere: {text!r}")
    return 1 if lacking(MUST_BE_WHOLE, found) else 0
