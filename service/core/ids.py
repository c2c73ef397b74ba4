"""Row identifiers: UUID version 7 (RFC 9562 5.7), so that rows of one moment lie together in an index."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """A new identifier: 48 bits of milliseconds, then 74 random bits."""
    value = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
