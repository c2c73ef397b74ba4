"""The key that signs the heads of this installation's record: 32 secret bytes in a file of their own, off the database's machine."""

import base64
import secrets
from functools import cache
from pathlib import Path

from service.core.key_files import write_once
from service.core.settings import BadSetting, load
from service.record.note import LOG, WITNESS, Signer


@cache
def record_signer() -> Signer:
    """The signer of this installation. Raises ``BadSetting``."""
    settings = load()
    return Signer(
        settings.record_origin, LOG, read_seed(settings.record_key_file, may_make=settings.environment != "production")
    )


def witness_signer(name: str, file: Path) -> Signer:
    """The signer of a witness, whose key is made at its first start. Raises ``BadSetting``."""
    return Signer(name, WITNESS, read_seed(file, may_make=True))


def read_seed(file: Path, *, may_make: bool) -> bytes:
    """The secret in a file, in base64; a new one where there is no file and one may be made. Raises ``BadSetting``."""
    if may_make and not file.exists():
        write_once(file, base64.b64encode(secrets.token_bytes(32)).decode())
    try:
        seed = base64.b64decode(file.read_text(), validate=True)
    except (OSError, ValueError) as error:
        raise BadSetting(
            f"RAYMI_RECORD_KEY_FILE: {file} cannot be read as a key. Make one with: raymi record key FILE"
        ) from error
    if len(seed) != 32:
        raise BadSetting(f"RAYMI_RECORD_KEY_FILE: {file} does not hold 32 bytes in base64.")
    return seed
