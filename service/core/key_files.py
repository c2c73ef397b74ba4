"""Files with secret keys: read by this installation alone, and written whole or not at all."""

import os
import time
from pathlib import Path


def write_once(file: Path, text: str) -> None:
    """Write a new file that only its owner reads. Several processes may start at once: one writes it, and the others take that."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{time.monotonic_ns()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(text)
    try:
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def replace(file: Path, text: str) -> None:
    """Put a text in the place of what the file holds."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{time.monotonic_ns()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(text)
    draft.replace(file)
