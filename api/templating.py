"""Rendering pages: one environment, everything escaped, the reader's language in every template."""

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from babel.dates import format_date, format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api import csrf
from api.language import LANGUAGES, LOCALES, language_of, say, say_reasons
from service.core.actor import Actor
from service.core.clock import PERU
from service.core.ids import new_id
from service.core.settings import ROOT, load


@cache
def environment() -> Environment:
    """The template environment of this process."""
    made = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["money"] = money
    made.filters["fraction"] = fraction
    made.globals["new_key"] = lambda: str(new_id())
    made.globals["provider_name"] = _provider_name
    return made


def page(request: Request, template: str, *, status: int = 200, no_store: bool = False, **values: Any) -> HTMLResponse:
    """A page in the reader's language. Templates find ``_``, ``actor``, ``language``, ``request`` and ``nonce`` besides ``values``.

    With ``no_store`` the browser keeps no copy: on a shared phone the next person must not find it by going back.
    """
    language = language_of(request)
    actor: Actor | None = getattr(request.state, "actor", None)
    context = {
        "_": lambda text, **filled: say(language, text, **filled),
        "reasons": lambda codes: say_reasons(language, codes),
        "refused": lambda refusal: say(language, refusal.message, **refusal.values),
        "day": lambda value: day(value, language),
        "moment": lambda value: moment(value, language),
        "actor": actor,
        "language": language,
        "languages": LANGUAGES,
        "request": request,
        "nonce": request.state.nonce,
        "clock_offset": getattr(request.state, "clock_offset", None),
        **values,
    }
    html = environment().get_template(template).render(context)
    headers = {"Cache-Control": "no-store"} if no_store else {}
    return HTMLResponse(csrf.with_token(html, actor.person_id) if actor else html, status, headers)


def _provider_name() -> str:
    """How the installation's OpenID Connect provider is called; empty where there is none."""
    oidc = load().oidc
    return oidc.name if oidc else ""


def money(amount: Decimal | str | None) -> str:
    """``10,000.05``, as Peruvian papers write it; a dash for none."""
    return "–" if amount is None else f"{Decimal(amount):,.2f}"


def fraction(text: str) -> str:
    """An exact value (``505/6``) with two decimals, half away from zero (``84.17``)."""
    cents = abs(Fraction(text)) * 100
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    sign = "-" if Fraction(text) < 0 and whole else ""
    return f"{sign}{whole // 100}.{whole % 100:02d}"


def day(value: date | None, language: str) -> str:
    """A calendar day in words of the language."""
    return "–" if value is None else format_date(value, "d MMM y", locale=LOCALES[language])


def moment(value: datetime | None, language: str) -> str:
    """An instant, in Peru's time."""
    return "–" if value is None else format_datetime(value.astimezone(PERU), "d MMM y, HH:mm", locale=LOCALES[language])
