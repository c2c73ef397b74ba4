"""Where things are kept."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENVS = ROOT / "var" / "venvs"
VENV = ROOT / "var" / "venv"
"""A link to the environment in use, one of VENVS."""


def var_directory() -> Path:
    """What an installation keeps: database, fonts, backups, secret key. The environment variable RAYMI_VAR moves it."""
    return Path(os.environ.get("RAYMI_VAR") or ROOT / "var").absolute()
