"""Every refusal by its stable name: what programs meet as ``type`` and ``title`` of a problem (RFC 9457), and people as a page."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

import service
from service.core.errors import Conflict, Forbidden, Refusal, Rejected

KINDS = (Refusal, Forbidden, Conflict, Rejected)
"""What refusals are kinds of: nothing is refused by these names."""

_PLACEHOLDER = re.compile(r"\{\w+\}")


@cache
def refusals() -> dict[str, type[Refusal]]:
    """The refusals of the whole product, by name."""
    for module in pkgutil.walk_packages(service.__path__, service.__name__ + "."):
        importlib.import_module(module.name)
    found = sorted((each for each in _below(Refusal) if each not in KINDS), key=lambda each: each.__name__)
    return {each.__name__: each for each in found}


def spoken(text: str) -> str:
    """A message as the catalogue shows it: an ellipsis where a case puts its own words."""
    return _PLACEHOLDER.sub("…", text)


def _below(root: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in root.__subclasses__():
        if each.__module__.startswith(("api.", "service.")):
            yield each
        yield from _below(each)
