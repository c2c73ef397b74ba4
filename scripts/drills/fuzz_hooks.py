"""What the generator of requests is told in its own process: keys for writes, identifiers of things that exist, what no answer may show.

Loaded by ``SCHEMATHESIS_HOOKS``; ``RAYMI_FUZZ`` names a file with what there is to know, and beside it the count is written at the end.
"""

import atexit
import json
import os
import random
from pathlib import Path
from typing import Any
from uuid import UUID

import schemathesis

from scripts.drills.judging import shows_internals

_place = Path(os.environ["RAYMI_FUZZ"])
_given: dict[str, Any] = json.loads(_place.read_text())
_chance = random.Random(_given["seed"])  # noqa: S311  # nosec B311  # the same requests at every run
_sent: list[int] = []

atexit.register(lambda: _place.with_suffix(".count").write_text(str(len(_sent))))


@schemathesis.hook
def map_path_parameters(_context: Any, path_parameters: dict[str, Any] | None) -> dict[str, Any] | None:
    """Three in four identifiers are of things that exist: past the first check the interesting ones begin."""
    for name in path_parameters or {}:
        known = _given["ids"].get(name)
        if known and _chance.random() < 0.75:
            path_parameters[name] = _chance.choice(known)  # type: ignore[index]  # not None: it has a name
    return path_parameters


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: dict[str, Any]) -> None:
    """A fresh key for each write, and the role's token."""
    _sent.append(1)
    case.headers["Idempotency-Key"] = str(UUID(int=_chance.getrandbits(128)))
    if _given["token"]:
        case.headers["Authorization"] = f"Bearer {_given['token']}"


@schemathesis.check
def shows_nothing_inside(_context: Any, response: Any, _case: Any) -> None:
    """No answer shows how we are made."""
    found = shows_internals(response.content)
    assert found is None, f"the answer shows {found}"
