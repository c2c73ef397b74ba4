"""Settings, read once from the environment. The only place that reads it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]

Environment = Literal["demo", "development", "production"]


class BadSetting(Exception):
    """A setting is missing or cannot be read; the text names the variable and what it should hold."""


@dataclass(frozen=True)
class Settings:
    """What an installation can choose. Paths are absolute; database URLs are ``postgresql://role:password@host:port/database``.

    ``trusted_proxy`` are the addresses, with commas, of the proxy whose word on a visitor's address is believed; empty for none.
    ``public_url`` is where browsers find Raymi, without a slash at its end: passkeys, links on paper and cookies hang on it.
    """

    database_url: str
    migration_database_url: str
    var_dir: Path
    out_dir: Path
    environment: Environment
    secret_key: str
    record_key_file: Path
    record_origin: str
    witnesses: tuple[str, ...]
    public_url: str
    trusted_proxy: str
    host: str
    port: int
    web_workers: int
    log_level: str

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
        record_key_file=Path(environment.get("RAYMI_RECORD_KEY_FILE", var_dir / "record_key")).absolute(),
        record_origin=environment.get("RAYMI_RECORD_ORIGIN", urlsplit(public_url).netloc + "/record"),
        witnesses=tuple(environment.get("RAYMI_WITNESSES", "").split()),
        public_url=public_url,
        trusted_proxy=environment.get("RAYMI_TRUSTED_PROXY", ""),
        host=environment.get("RAYMI_HOST", "127.0.0.1"),
        port=port,
        web_workers=_number(environment, "RAYMI_WEB_WORKERS", min(2, os.cpu_count() or 1)),
        log_level=environment.get("RAYMI_LOG_LEVEL", "INFO").upper(),
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
