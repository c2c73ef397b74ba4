"""The square code in the footer: what the paper is, and the hash of its data."""

from io import BytesIO

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """An SVG element of a QR code (error correction M) that says ``text``."""
    out = BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=0, dark="#000", svgclass="qr", lineclass=None)
    return Markup(out.getvalue().decode())  # noqa: S704  # nosec B704  # segno writes paths only; the text is not in the markup
