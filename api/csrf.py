"""Forms come from our own pages (ASVS 5.0 3.5.1-3.5.3): three nets, one behind the other.

The sign-in cookie is ``SameSite=Lax``. Browsers say where a request comes from (``Sec-Fetch-Site``, ``Origin``). And each form of a
signed-in page carries a token that only our pages know: HMAC-SHA256 of the person under the installation's secret. It hangs on the
person and not on the one sign-in: a form that was filled in while the network was away can still be sent after signing in again,
as its idempotency key can; on a shared phone another person's form is refused.

What may be sent without being signed in (sign-in, language, the code on a slip) needs no token: there is no sign-in to ride on,
and signing somebody in from another site stops at the first two nets, which every browser has that can speak today's TLS.
"""

import hashlib
import hmac
import re
from uuid import UUID

from starlette.requests import Request

from service.core.errors import Forbidden
from service.core.settings import load

FIELD, HEADER = "_token", "x-form-token"
"""Where a form and where a script of ours puts the token; another site can send neither."""

SAFE = ("GET", "HEAD")

_FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')


class ForeignForm(Forbidden):
    """A form came from another site, or from a page that was another person's."""

    message = "This form did not come from Raymi's own pages. Open the page again and send it from there."


def require_own_site(request: Request, *, signed_in: bool) -> None:
    """Refuse what a browser says comes from elsewhere, and what a signed-in browser says nothing about. Raises ``ForeignForm``."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise ForeignForm
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise ForeignForm
    if site is None and origin is None and signed_in:
        raise ForeignForm


def require_token(sent: str, person_id: UUID) -> None:
    """Refuse a form without the person's token. Raises ``ForeignForm``."""
    if not hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), token(person_id).encode()):
        raise ForeignForm


def token(person_id: UUID) -> str:
    """What the forms of a person's pages carry."""
    return hmac.new(load().secret_key.encode(), b"form:" + person_id.bytes, hashlib.sha256).hexdigest()


def with_token(html: str, person_id: UUID) -> str:
    """A page with the token in each form that posts: put in here, so that no template can forget it.

    User text is escaped and holds no ``<``; a form that led elsewhere would be stopped by ``form-action 'self'``.
    """
    hidden = f'<input type="hidden" name="{FIELD}" value="{token(person_id)}">'
    return _FORM.sub(lambda form: form[0] + hidden, html)
