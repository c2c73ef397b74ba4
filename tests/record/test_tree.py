"""The tree against the published test vectors of Certificate Transparency and against a plain reading of RFC 9162, 2.1.

The eight inputs and the roots over the first 1 to 8 of them are those of the reference implementation of RFC 6962; the plain oracle
below computes roots and proofs by the recursive definitions, from the leaves each time, and shares no code with the tree.
"""

import hashlib
import random
from itertools import pairwise

import pytest

from service.record import tree

INPUTS = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MOST = 64
"""Sizes up to which everything is tried."""


def oracle_root(entries: list[bytes]) -> bytes:
    """MTH of 2.1.1, word for word."""
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = max(2**i for i in range(20) if 2**i < len(entries))
    return hashlib.sha256(b"\x01" + oracle_root(entries[:k]) + oracle_root(entries[k:])).digest()


def oracle_path(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of 2.1.3.1, word for word."""
    if len(entries) == 1:
        return []
    k = max(2**i for i in range(20) if 2**i < len(entries))
    if m < k:
        return [*oracle_path(m, entries[:k]), oracle_root(entries[k:])]
    return [*oracle_path(m - k, entries[k:]), oracle_root(entries[:k])]


def oracle_subproof(m: int, entries: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of 2.1.4.1, word for word."""
    if m == len(entries):
        return [] if whole else [oracle_root(entries)]
    k = max(2**i for i in range(20) if 2**i < len(entries))
    if m <= k:
        return [*oracle_subproof(m, entries[:k], whole), oracle_root(entries[k:])]
    return [*oracle_subproof(m - k, entries[k:], False), oracle_root(entries[:k])]


class Kept:
    """A tree whose complete subtrees are kept, as the database keeps them."""

    def __init__(self, entries: list[bytes]) -> None:
        self.edge: list[bytes] = []
        leaves = [tree.hash_of_leaf(each) for each in entries]
        self.hashes = {(level, index): root for level, index, root in tree.grow(self.edge, 0, leaves)}

    def inclusion(self, position: int, size: int) -> list[bytes]:
        return tree.roots(tree.inclusion_ranges(position, size), self.hashes.__getitem__)

    def consistency(self, first: int, second: int) -> list[bytes]:
        return tree.roots(tree.consistency_ranges(first, second), self.hashes.__getitem__)

    def root(self, size: int) -> bytes:
        return tree.fold([self.hashes[each] for each in tree.peaks(0, size)])


ENTRIES = [f"entry {number}".encode() for number in range(MOST)]
KEPT = Kept(ENTRIES)


def test_the_published_roots_come_out() -> None:
    kept = Kept(INPUTS)
    assert [kept.root(size).hex() for size in range(1, 9)] == ROOTS
    assert tree.fold([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_published_proofs_come_out() -> None:
    kept = Kept(INPUTS)
    shown = [each.hex() for each in kept.inclusion(5, 8)]
    assert shown == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex() for each in kept.consistency(6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_every_inclusion_proof_is_the_oracles_and_verifies() -> None:
    for size in range(1, MOST + 1):
        root = oracle_root(ENTRIES[:size])
        assert KEPT.root(size) == root
        for position in range(size):
            proof = KEPT.inclusion(position, size)
            assert proof == oracle_path(position, ENTRIES[:size])
            assert tree.proves_inclusion(tree.hash_of_leaf(ENTRIES[position]), position, size, proof, root)


def test_every_consistency_proof_is_the_oracles_and_verifies() -> None:
    for second in range(1, MOST + 1):
        for first in range(1, second + 1):
            proof = KEPT.consistency(first, second)
            assert proof == oracle_subproof(first, ENTRIES[:second], True)
            assert tree.proves_consistency(first, second, KEPT.root(first), KEPT.root(second), proof)


def test_no_forged_proof_is_taken() -> None:
    chance = random.Random(9162)
    for _ in range(4000):
        size = chance.randrange(2, MOST + 1)
        position = chance.randrange(size)
        leaf, proof, root = tree.hash_of_leaf(ENTRIES[position]), KEPT.inclusion(position, size), KEPT.root(size)
        forged = _bent(chance, [leaf, *proof, root])
        assert not tree.proves_inclusion(forged[0], position, size, forged[1:-1], forged[-1])
        first = chance.randrange(1, size)
        proof = KEPT.consistency(first, size)
        forged = _bent(chance, [KEPT.root(first), *proof, root])
        assert not tree.proves_consistency(first, size, forged[0], forged[-1], forged[1:-1])


def _bent(chance: random.Random, hashes: list[bytes]) -> list[bytes]:
    """The same with one bit turned, one hash left out, added or exchanged with its neighbour."""
    place = chance.randrange(len(hashes))
    kind = chance.randrange(3)
    if kind == 0 or len(hashes) < 4:
        bit = chance.randrange(256)
        turned = bytearray(hashes[place])
        turned[bit // 8] ^= 1 << bit % 8
        return [*hashes[:place], bytes(turned), *hashes[place + 1 :]]
    inner = 1 + chance.randrange(len(hashes) - 2)
    if kind == 1:
        return [*hashes[:inner], *hashes[inner + 1 :]]
    return [*hashes[:inner], chance.randbytes(32), *hashes[inner:]]


@pytest.mark.parametrize(("position", "size"), [(-1, 5), (5, 5), (0, 0), (7, 3)])
def test_no_position_outside_the_tree_is_proved(position: int, size: int) -> None:
    assert not tree.proves_inclusion(tree.EMPTY, position, size, [], tree.EMPTY)


def test_a_proof_of_another_position_or_depth_proves_nothing() -> None:
    leaf = tree.hash_of_leaf(ENTRIES[3])
    proof = KEPT.inclusion(3, 20)
    assert tree.proves_inclusion(leaf, 3, 20, proof, KEPT.root(20))
    for position, size in ((2, 20), (3, 40), (3, 8), (19, 20)):
        assert not tree.proves_inclusion(leaf, position, size, proof, KEPT.root(20))


def test_leaves_and_nodes_are_hashed_apart() -> None:
    left, right = (tree.hash_of_leaf(each) for each in ENTRIES[:2])
    assert tree.hash_of_node(left, right) != tree.hash_of_leaf(left + right)


def test_peaks_are_complete_and_shrink() -> None:
    for size in range(1, MOST + 1):
        levels = [level for level, _ in tree.peaks(0, size)]
        assert sum(1 << level for level in levels) == size
        assert all(one > other for one, other in pairwise(levels))
