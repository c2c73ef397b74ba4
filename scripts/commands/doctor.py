"""Look at this installation from all sides: one line per check, ok or FAIL and what to do."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from scripts import database
from scripts.bootstrap import paths, system, venv
from service.core import migrations
from service.core.settings import BadSetting, load
from service.core.upkeep import WORKER
