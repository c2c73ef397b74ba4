"""Subsets Noto Sans to the characters of our languages: 40 KB a face instead of 600, and the same ones on every machine.

Run by the door in the virtual environment (`python -m scripts.bootstrap.fonts`), since it needs fontTools.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from scripts.bootstrap import debian, system

RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A
    (0x0218, 0x021B),  # comma below
    (0x02BC, 0x02BC),  # the letter apostrophe of Quechua and Aymara
    (0x0300, 0x0304),  # combining accents
    (0x0308, 0x0308),
    (0x030A, 0x030C),
    (0x0327, 0x0328),
    (0x1EBC, 0x1EBD),  # nasal e and y of Guarani
    (0x1EF8, 0x1EF9),
    (0x2000, 0x206F),  # punctuation and spaces
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20A0, 0x20BF),  # currencies
    (0x2116, 0x2116),  # numero
    (0x2122, 0x2122),
)
"""Arrows, mathematical signs, boxes and check marks are not in Noto Sans: papers do without them."""


def subset(source: Path, target: Path) -> None:
    """Write the font `source` with RANGES only to `target`; the same bytes each time."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options()
    options.layout_features = [*options.layout_features, "tnum", "lnum", "pnum"]
    options.name_IDs = [*options.name_IDs, 13, 14]  # the licence goes with the font
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for first, last in RANGES for code in range(first, last + 1)])
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".new")
    font.save(draft)
    draft.replace(target)


def main() -> int:
    """Make all faces."""
    source = system.font_source()
    if source is None:
        raise debian.refusal(["fonts-noto-core"])
    for face in system.FONT_FACES:
        subset(source / f"NotoSans-{face}.ttf", system.SUBSET_FONTS / f"NotoSans-{face}.ttf")
    (system.SUBSET_FONTS / system.FONTS_MARK).write_text(system.fonts_version())
    return 0


if __name__ == "__main__":
    sys.exit(main())
