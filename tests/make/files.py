"""Files that people send, good and bad: made here, so that no bomb lies about."""

import io
import zipfile
import zlib

import pikepdf
from PIL import Image


def picture(kind: str, width: int = 8, height: int = 6) -> bytes:
    """A small picture, ``"PNG"`` or ``"JPEG"``."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, kind)
    return out.getvalue()


def flood(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to gigabytes: one colour, one bit a dot."""
    out = io.BytesIO()
    Image.new("1", (width, height)).save(out, "PNG")
    return out.getvalue()


def pdf_with(**catalog: pikepdf.Object) -> bytes:
    """A PDF of one page with further entries in its catalog."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    for key, value in catalog.items():
        pdf.Root[f"/{key}"] = value
    return saved(pdf)


def saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    """Its bytes."""
    out = io.BytesIO()
    pdf.save(out, **options)  # type: ignore[arg-type]  # the options of pikepdf's own
    return out.getvalue()


def pdf_that_swells(times: int = 1) -> bytes:
    """A PDF whose page unpacks to 200 MB, packed as often as said."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    packed = b"0 0 m " * (200_000_000 // 6)
    for _ in range(times):
        packed = zlib.compress(packed, 9)
    content = pikepdf.Stream(pdf, b"")
    filters = [pikepdf.Name.FlateDecode] * times
    content.write(packed, filter=pikepdf.Array(filters) if times > 1 else filters[0])
    page.obj["/Contents"] = content
    return saved(pdf, compress_streams=False)


def zip_of(**parts: bytes) -> bytes:
    """A ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
