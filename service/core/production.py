"""What a production installation may not be: every weak setting is found and named, all at once (ASVS 5.0 13.1.1, 13.2.1-13.2.3, 13.4.2).

``CHECKS`` look at the settings, ``DATABASE_CHECKS`` at the database behind them; each gives the text of what to do, or None. An area
that brings a setting of its own adds its check here. Start-up refuses, and ``raymi doctor`` shows, the same list.
"""

import ipaddress
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core.db import Session
from service.core.encrypting import weak_keys
from service.core.settings import BadSetting, Settings

SECRET_LENGTH = 32
DIFFERENT_SIGNS = 10
"""A text of fewer is a word that somebody thought of, not a random one."""

PASSWORD_LENGTH = 12
KNOWN_PASSWORDS = ("...", "postgres", "password", "raymi", "raymi_app", "secret", "changeme")


def secret_key(settings: Settings) -> str | None:
    """Forms, codes and receipts hang on it."""
    key = settings.secret_key
    if len(key) >= SECRET_LENGTH and len(set(key)) >= DIFFERENT_SIGNS:
        return None
    return f"RAYMI_SECRET_KEY is missing or weak: give it a random text of {SECRET_LENGTH} characters or more."


def tls(settings: Settings) -> str | None:
    """Passwords and cookies travel only under TLS, which a proxy in front of us ends."""
    address = urlsplit(settings.public_url)
    if address.scheme == "https" and address.hostname not in (None, "localhost"):
        return None
    return "RAYMI_PUBLIC_URL is not an https:// address: put a TLS proxy in front of Raymi, and give its address here."


def trusted_proxy(settings: Settings) -> str | None:
    """Only a proxy of ours may say from where a visitor comes."""
    try:
        for each in filter(None, settings.trusted_proxy.split(",")):
            if ipaddress.ip_network(each.strip()).prefixlen == 0:
                raise ValueError
    except ValueError:
        return "RAYMI_TRUSTED_PROXY is not a list of addresses: name the address of your TLS proxy, never all of them."
    return None


def debug(settings: Settings) -> str | None:
    """Debug logs show queries and what travels in them."""
    return "RAYMI_LOG_LEVEL is DEBUG: choose INFO or WARNING." if settings.log_level in ("DEBUG", "TRACE", "NOTSET") else None


def database_password(settings: Settings) -> str | None:
    """Whoever reaches the database's port must not guess its password; without a port there is none to guess."""
    address = urlsplit(settings.database_url)
    if not address.hostname:
        return None
    password = unquote(address.password or "")
    if len(password) >= PASSWORD_LENGTH and password not in (*KNOWN_PASSWORDS, address.username):
        return None
    return f"DATABASE_URL has no password or a weak one: give the role a random one of {PASSWORD_LENGTH} characters or more."


def database_roles(settings: Settings) -> str | None:
    """The role that serves must not be the one that owns history."""
    names = [urlsplit(url).username for url in (settings.database_url, settings.migration_database_url) if url]
    if len(names) == len(set(names)):
        return None
    return "DATABASE_URL and MIGRATION_DATABASE_URL name one role: the application needs a role that owns nothing."


async def powerless_role(session: Session) -> str | None:
    """A superuser passes every guard of history, and the owner of the tables could lift them."""
    mighty, owns = (await session.execute(_ROLE)).one()
    if not mighty and not owns:
        return None
    return "DATABASE_URL names a superuser or the owner of the tables: the application needs a role that owns nothing."


async def real_time(session: Session) -> str | None:
    """Deadlines are real."""
    offset = await session.scalar(text("SELECT COALESCE((SELECT microseconds FROM clock_offset), 0)"))
    return "The database's clock was moved: this was a demo, and production needs a database of its own." if offset else None


CHECKS: list[Callable[[Settings], str | None]] = [
    secret_key,
    weak_keys,
    tls,
    trusted_proxy,
    debug,
    database_password,
    database_roles,
]
DATABASE_CHECKS = [powerless_role, real_time]


def weaknesses(settings: Settings) -> list[str]:
    """What is weak in the settings; nothing outside production, which is for trying out."""
    if settings.environment != "production":
        return []
    return [found for check in CHECKS if (found := check(settings))]


async def weaknesses_of_database(settings: Settings, session: Session) -> list[str]:
    """What is weak in the database that the settings name."""
    if settings.environment != "production":
        return []
    try:
        return [found for check in DATABASE_CHECKS if (found := await check(session))]
    except DBAPIError:
        return ["The database does not answer, or is not migrated: run raymi doctor."]


def require_strong(found: list[str]) -> None:
    """Refuse to start. Raises ``BadSetting`` with everything that was found."""
    if found:
        raise BadSetting("This installation is not safe to run in production:\n" + "\n".join(f"- {each}" for each in found))


_ROLE = text(
    "SELECT rolsuper OR rolbypassrls OR rolcreaterole, "
    "EXISTS (SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relname = 'record_leaf') FROM pg_roles WHERE rolname = current_user"
)
