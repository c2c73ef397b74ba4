"""Settings, read once from the environment. The only place that reads it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]

Environment = Literal["demo", "development", "production"]


class BadSetting(Exception):
    """A setting is missing or cannot be read; the text names the variable and what it should hold."""


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider that people may sign in with.

    ``hosts`` are further hosts that its published addresses may name besides the issuer's own. A sign-in counts as made with two
    factors when its ``amr`` names one of ``second_factor_amr``.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    hosts: frozenset[str]
    second_factor_amr: frozenset[str]


@dataclass(frozen=True)
class Settings:
    """What an installation can choose. Paths are absolute; database URLs are ``postgresql://role:password@host:port/database``.

    ``data_keys_file`` holds the keys that bank data is kept under, the first of them for what is written now.
    ``trusted_proxy`` are the addresses, with commas, of the proxy whose word on a visitor's address is believed; empty for none.
    ``public_url`` is where browsers find Raymi, without a slash at its end: passkeys, links on paper and cookies hang on it.
    ``sms`` is how SMS leave: ``console``, ``file:DIRECTORY``, ``http:URL`` or ``off``; ``oidc`` is None where nobody signs in with a provider.
    """

    database_url: str
    migration_database_url: str
    var_dir: Path
    out_dir: Path
    environment: Environment
    secret_key: str
    data_keys_file: Path
    record_key_file: Path
    record_origin: str
    witnesses: tuple[str, ...]
    public_url: str
    trusted_proxy: str
    host: str
    port: int
    web_workers: int
    log_level: str
    sms: str
    sms_token: str = field(repr=False)
    oidc: Oidc | None

    @property
    def moves_time(self) -> bool:
        """Whether this installation accepts a clock offset: a production database never does."""
        return self.environment != "production"


def read(environment: Mapping[str, str]) -> Settings:
    """The settings that ``environment`` gives. Raises ``BadSetting``."""
    kind = environment.get("RAYMI_ENV", "development")
    if kind not in get_args(Environment):
        raise BadSetting(f"RAYMI_ENV is {kind!r}: it is one of {', '.join(get_args(Environment))}.")
    var_dir = Path(environment.get("RAYMI_VAR", ROOT / "var")).absolute()
    port = _number(environment, "RAYMI_PORT", 8000)
    public_url = environment.get("RAYMI_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    return Settings(
        database_url=environment.get("DATABASE_URL", ""),
        migration_database_url=environment.get("MIGRATION_DATABASE_URL", ""),
        var_dir=var_dir,
        out_dir=Path(environment.get("RAYMI_OUT", ROOT / "out")).absolute(),
        environment=cast(Environment, kind),
        secret_key=environment.get("RAYMI_SECRET_KEY") or _secret_key(var_dir, kind),
        data_keys_file=Path(environment.get("RAYMI_DATA_KEYS_FILE", var_dir / "data_keys")).absolute(),
        record_key_file=Path(environment.get("RAYMI_RECORD_KEY_FILE", var_dir / "record_key")).absolute(),
        record_origin=environment.get("RAYMI_RECORD_ORIGIN", urlsplit(public_url).netloc + "/record"),
        witnesses=tuple(environment.get("RAYMI_WITNESSES", "").split()),
        public_url=public_url,
        trusted_proxy=environment.get("RAYMI_TRUSTED_PROXY", ""),
        host=environment.get("RAYMI_HOST", "127.0.0.1"),
        port=port,
        web_workers=_number(environment, "RAYMI_WEB_WORKERS", min(2, os.cpu_count() or 1)),
        log_level=environment.get("RAYMI_LOG_LEVEL", "INFO").upper(),
        sms=_sms(environment, kind),
        sms_token=_secret(environment, "RAYMI_SMS_TOKEN"),
        oidc=_oidc(environment, kind),
    )


@cache
def load() -> Settings:
    """The settings of this process."""
    return read(os.environ)


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise BadSetting(f"{name} is {text!r}: it is a whole number from 1 to 65535.")
    return int(text)


def _secret_key(var_dir: Path, kind: str) -> str:
    if kind == "production":
        return ""  # which ``production`` refuses, together with whatever else is weak
    path = var_dir / "secret_key"
    if not path.exists():
        var_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


def _sms(environment: Mapping[str, str], kind: str) -> str:
    """How SMS leave. A terminal is no way in production: what it shows lies in the machine's journal, secrets and all."""
    chosen = environment.get("RAYMI_SMS") or ("off" if kind == "production" else "console")
    way, _, rest = chosen.partition(":")
    if way not in ("console", "file", "http", "off") or (way in ("file", "http")) != bool(rest):
        raise BadSetting(f"RAYMI_SMS is {chosen!r}: it is console, file:DIRECTORY, http:URL or off.")
    if way == "console" and kind == "production":
        raise BadSetting(
            "RAYMI_SMS is console, which shows secrets on a terminal: in production it is file:DIRECTORY, http:URL or off."
        )
    if way == "http":
        _require_address(rest, "RAYMI_SMS", kind)
        if not _secret(environment, "RAYMI_SMS_TOKEN"):
            raise BadSetting(
                "RAYMI_SMS_TOKEN is missing: the provider that RAYMI_SMS names needs a token (or RAYMI_SMS_TOKEN_FILE)."
            )
    return chosen


def _oidc(environment: Mapping[str, str], kind: str) -> Oidc | None:
    issuer = environment.get("RAYMI_OIDC_ISSUER", "")
    if not issuer:
        return None
    _require_address(issuer, "RAYMI_OIDC_ISSUER", kind)
    secret = _secret(environment, "RAYMI_OIDC_CLIENT_SECRET")
    client = environment.get("RAYMI_OIDC_CLIENT_ID", "")
    if not client or not secret:
        raise BadSetting(
            "RAYMI_OIDC_ISSUER is set: RAYMI_OIDC_CLIENT_ID and RAYMI_OIDC_CLIENT_SECRET (or ..._FILE) are needed as well."
        )
    return Oidc(
        issuer=issuer,
        client_id=client,
        client_secret=secret,
        name=environment.get("RAYMI_OIDC_NAME") or str(urlsplit(issuer).hostname),
        hosts=_words(environment, "RAYMI_OIDC_HOSTS"),
        second_factor_amr=_words(environment, "RAYMI_OIDC_SECOND_FACTOR_AMR"),
    )


def _words(environment: Mapping[str, str], name: str) -> frozenset[str]:
    return frozenset(word.strip() for word in environment.get(name, "").split(",") if word.strip())


def _secret(environment: Mapping[str, str], name: str) -> str:
    """A secret given as it is, or as the name of the file that holds it; empty where neither is set."""
    path = environment.get(f"{name}_FILE")
    try:
        return environment.get(name) or (Path(path).read_text().strip() if path else "")
    except OSError as error:
        raise BadSetting(f"{name}_FILE is {path!r}, which cannot be read.") from error


def _require_address(url: str, name: str, kind: str) -> None:
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.query or parts.fragment or parts.scheme not in ("https", "http"):
        raise BadSetting(f"{name} is {url!r}: it is a web address like https://example.pe/path.")
    if parts.scheme == "http" and kind == "production":
        raise BadSetting(f"{name} is {url!r}: in production it begins with https://.")
