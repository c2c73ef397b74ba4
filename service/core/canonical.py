"""One way to write a JSON value as bytes, and its hash (RFC 8785, JSON Canonicalization Scheme).

Raymi's documents hold no JSON numbers but small integers: amounts, scores and shares are strings. A float is therefore refused
rather than formatted.
"""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The canonical UTF-8 bytes of a JSON value (RFC 8785).

    Keys sort by UTF-16 code units, as the RFC asks. Raises ``TypeError`` on a float or anything JSON does not know.
    """
    return _write(value).encode("utf-8")


def sha256_hex(value: Any) -> str:
    """The lower-case hex SHA-256 of the canonical form of a JSON value."""
    return hashlib.sha256(canonical(value)).hexdigest()


_quote = json.JSONEncoder(ensure_ascii=False).encode


def _write(value: Any) -> str:
    if value is None or isinstance(value, bool | str):
        return _quote(value)
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise TypeError(f"an integer beyond 2^53 has no canonical form: {value}")
        return str(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_write(item) for item in value) + "]"
    if isinstance(value, dict):
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(_quote(key) + ":" + _write(item) for key, item in pairs) + "}"
    raise TypeError(f"{type(value).__name__} has no canonical form")
