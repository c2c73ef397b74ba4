"""The Merkle tree of RFC 9162, section 2.1: hashes, proofs and their verification, over hashes that somebody else keeps.

A *subtree* is a complete one, named by its level (0: a leaf) and its index among those of its level: it covers the leaves from
``index << level`` on. A tree of any size is a row of such subtrees, its *peaks*, each smaller than the one before. Hashes are SHA-256,
32 bytes.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

Subtree = tuple[int, int]
Range = tuple[int, int]

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def hash_of_leaf(entry: bytes) -> bytes:
    """SHA-256 of a zero byte and the entry: what tells leaves from nodes."""
    return hashlib.sha256(b"\x00" + entry).digest()


def hash_of_node(left: bytes, right: bytes) -> bytes:
    """SHA-256 of a one byte and both halves."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(start: int, end: int) -> list[Subtree]:
    """The subtrees that cover the leaves from ``start`` to before ``end``, from the left; ``start`` is a beginning that a tree splits at."""
    found: list[Subtree] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over a row of peaks."""
    if not hashes:
        return EMPTY
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = hash_of_node(left, root)
    return root


def grow(edge: list[bytes], size: int, leaves: Iterable[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Every subtree (level, index, hash) that becomes complete as ``leaves`` are added to a tree of ``size`` leaves.

    ``edge`` holds the hashes of the tree's peaks, and those of the grown tree afterwards.
    """
    for leaf in leaves:
        level, index, root = 0, size, leaf
        yield level, index, root
        while index & 1:
            level, index, root = level + 1, index >> 1, hash_of_node(edge.pop(), root)
            yield level, index, root
        edge.append(root)
        size += 1


def inclusion_ranges(position: int, size: int) -> list[Range]:
    """The ranges of leaves whose roots prove that the leaf at ``position`` is in the tree of ``size``: PATH of 2.1.3.1."""
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """The ranges whose roots prove that the tree of ``second`` leaves extends that of ``first``: PROOF of 2.1.4.1."""
    if not 0 < first < second:
        return []
    start, end, found = 0, second, []
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return ([(start, end)] if start else []) + found[::-1]


def proves_inclusion(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf with this hash stands at ``position`` in the tree with this root: 2.1.3.2."""
    if not 0 <= position < size:
        return False
    node, last, found = position, size - 1, leaf
    for each in proof:
        if not last:
            return False
        if node & 1 or node == last:
            found = hash_of_node(each, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hash_of_node(found, each)
        node, last = node >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(first: int, second: int, old: bytes, new: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of ``second`` leaves with root ``new`` extends the one of ``first`` with root ``old``: 2.1.4.2."""
    if first == second:
        return not proof and old == new
    if not 0 < first < second or not proof:
        return False
    path = [old, *proof] if first & (first - 1) == 0 else list(proof)
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for each in path[1:]:
        if not last:
            return False
        if node & 1 or node == last:
            before, after = hash_of_node(each, before), hash_of_node(each, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = hash_of_node(after, each)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old and after == new


def roots(ranges: Iterable[Range], hash_of: Callable[[Subtree], bytes]) -> list[bytes]:
    """The roots over ranges of leaves."""
    return [fold([hash_of(each) for each in peaks(*bounds)]) for bounds in ranges]


def _split(size: int) -> int:
    """The largest power of two below ``size``."""
    return 1 << ((size - 1).bit_length() - 1)
