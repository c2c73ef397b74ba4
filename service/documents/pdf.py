"""Papers as PDF: PDF/A-3a and PDF/UA-1 in one file, with the data inside, the same bytes for the same data.

A template of the language draws HTML; WeasyPrint sets it in the fonts of the installation; the finisher adds what WeasyPrint leaves
out. Nothing else is ever loaded. One paper at a time per process: fonts and style sheet are read once and shared.
"""

import gc
import hashlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import CSS, HTML, Attachment  # type: ignore[import-untyped]  # the package brings no types
from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]  # the package brings no types

from service.core.canonical import canonical
from service.core.settings import ROOT
from service.documents import finish, fonts, qr, spanish
from service.documents.models import DocumentKind, Kind, SlipKind

TEMPLATES = ROOT / "templates" / "documents"
FILTERS = {"es": spanish.FILTERS}
"""The words of each language that papers may be written in."""

_one_at_a_time = threading.Lock()


def languages(kind: Kind) -> frozenset[str]:
    """The languages that there is a template of ``kind`` for."""
    return frozenset(language for language in FILTERS if (TEMPLATES / language / f"{kind}.html").exists())


def render(kind: Kind, data: Mapping[str, Any], language: str = "es") -> bytes:
    """The PDF of a paper. ``data`` has the shape of ``kind``; it is embedded in its canonical form as ``<kind>.json``.

    Raises ``jinja2.UndefinedError`` where a value is missing, ``fonts.FontsMissing`` on a machine that was not set up.
    """
    source = canonical(data)
    html = page(kind, data, language)
    issued = _issued(data)
    attachment = Attachment(
        string=source,
        name=f"{kind}.json",
        description="Los datos de este documento, en JSON canónico (RFC 8785)",
        created=issued,
        modified=issued,
        relationship="Source",
    )
    identifier = hashlib.sha256(f"{kind}:{language}:".encode() + source).digest()[:16]
    with _one_at_a_time, _no_collection():
        style, configuration = _press()
        document = HTML(string=html, url_fetcher=fonts.fetch)
        content = document.write_pdf(
            stylesheets=[style],
            font_config=configuration,
            attachments=[attachment],
            pdf_variant="pdf/a-3a",
            pdf_tags=True,
            pdf_identifier=identifier,
            finisher=finish.finish,
        )
    return bytes(content)


def page(kind: Kind, data: Mapping[str, Any], language: str) -> str:
    """The HTML of a paper: every text escaped, a missing value an error."""
    sha256 = hashlib.sha256(canonical(data)).hexdigest()
    template = _templates(language).get_template(f"{language}/{kind}.html")
    code = qr.svg(f"Raymi {kind} {data['number']} SHA-256 {sha256}")
    return template.render(data, data_sha256=sha256, qr=code, issued_second=f"{_issued(data):%Y-%m-%dT%H:%M:%SZ}")


def _issued(data: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(data["issued_at"]).astimezone(UTC)


def warm_up() -> None:
    """Read fonts, style sheet and templates, so that the first paper is not slower than the next."""
    with _one_at_a_time:
        _press()
    for language in FILTERS:
        for kind in (*DocumentKind, *SlipKind):
            _templates(language).get_template(f"{language}/{kind}.html")


@cache
def _press() -> tuple[CSS, FontConfiguration]:
    configuration = FontConfiguration()
    style = CSS(filename=Path(TEMPLATES / "style.css"), font_config=configuration, url_fetcher=fonts.fetch)
    return style, configuration


@cache
def _templates(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=fonts.printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(FILTERS[language])
    environment.filters["square"] = qr.svg
    return environment


@contextmanager
def _no_collection() -> Iterator[None]:
    """No garbage collection while a paper is drawn: it costs a sixth of the time and frees nothing before the end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
