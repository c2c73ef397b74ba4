#!/usr/bin/env python3
"""Check an exported record on your own machine: nothing is needed but Python 3.9 or newer and this one file.

    python3 verify_record.py FOLDER [--head FILE_OR_FOLDER]... [--printed SIZE ROOT]... [--key NAME+HASH+KEY]...

FOLDER is what `scripts/raymi record export` wrote. Every act is hashed again, placed again and summed up to the roots that the heads
sign (RFC 9162; signed notes of C2SP; Ed25519 of RFC 8032). A head that you got from elsewhere is what makes the check worth something:
give it with --head (from a witness: a file, or a folder of them) or --printed (from minutes). With --key only keys that you know count.

Exit 0: everything holds. Exit 1: the first act that was altered, is missing or was put in is named. Exit 2: this is no exported record.
"""

from __future__ import annotations  # the oldest Python that an auditor may have does not know today's annotations

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

FORMAT = "raymi-record/1"
HASHES = {"position", "leaf", "leaf_sha256", "node"}

Key = tuple[str, bytes, bytes]  # name, public key, hint
Head = tuple[int, bytes, str]  # size, root, where it is from
Point = tuple[int, int, int, int]


class Wrong(Exception):
    """The record does not hold; the text names what and where."""


def main(arguments: Sequence[str]) -> int:
    """Check, say what was found, and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--head", type=Path, action="append", default=[], help="a head from elsewhere, or a folder of them")
    parser.add_argument("--printed", nargs=2, metavar=("SIZE", "ROOT"), action="append", default=[], help="a head on paper")
    parser.add_argument("--key", action="append", default=[], help="a key that you know to be the record's")
    chosen = parser.parse_args(arguments)
    try:
        print(check(chosen.folder, chosen.head, chosen.printed, chosen.key))
    except Wrong as wrong:
        print(f"NOT THE RECORD THAT WAS SIGNED: {wrong}")
        return 1
    except (OSError, ValueError) as trouble:
        print(f"cannot be checked: {trouble}", file=sys.stderr)
        return 2
    return 0


def check(folder: Path, outside: Sequence[Path] = (), printed: Sequence[Sequence[str]] = (), known: Sequence[str] = ()) -> str:
    """What was checked, in a sentence. Raises Wrong; ValueError where this is no exported record."""
    hashes: dict[str, str] = {}
    about = next(lines_of(folder / "record.json", {}), {})
    if about.get("format") != FORMAT:
        raise ValueError(f"record.json is not of the format {FORMAT}")
    keys = [read_key(each) for each in (known or about.get("keys", []))]
    if not known and any(name != about.get("origin") for name, _, _ in keys):
        raise Wrong("record.json names another origin than its keys")
    files = [file for path in outside for file in (sorted(path.rglob("*.note")) if path.is_dir() else [path])]
    from_elsewhere = [read_head(file.read_text(encoding="utf-8"), keys, str(file)) for file in files]
    from_elsewhere += [(int(size), bytes.fromhex(root), f"the printed head of {size} acts") for size, root in printed]
    if outside and not from_elsewhere:
        raise ValueError("there is no head (*.note) in the folder given with --head")
    signed = lines_of(folder / "heads.jsonl", hashes)
    heads = [read_head(line.get("note", ""), keys, f"head {line.get('size')}") for line in signed]
    wanted = sorted(from_elsewhere + heads)
    size, nearest = check_leaves(lines_of(folder / "leaves.jsonl", hashes), wanted)
    for number, stray in enumerate(lines_of(folder / "stray.jsonl", hashes), 1):
        raise Wrong(f"an act without a place was put in (line {number} of stray.jsonl): {described(stray)}")
    if size != about.get("size"):
        raise Wrong(f"act {size} is missing: record.json says that there are {about.get('size')}")
    if about.get("sha256") != hashes:
        raise Wrong("a file is not the one that was written, though every act in it holds")
    told = f"{len(from_elsewhere)} from elsewhere" if from_elsewhere else "none from elsewhere: give one with --head"
    return f"{size} acts hold, under {len(wanted)} signed heads ({told}); the newest covers {nearest} acts."


def check_leaves(lines: Iterator[dict[str, Any]], heads: Sequence[Head]) -> tuple[int, int]:
    """The number of leaves and the size of the newest head, after each head's root came out."""
    peaks: list[bytes] = []
    size, covered, before = 0, 0, 0
    gone: dict[str, int] = {}
    erased: set[str] = set()
    pending = list(heads)
    for line in lines:
        add(peaks, size, check_line(line, size))
        if line.get("erased_at") is not None:
            gone[line["leaf_sha256"]] = size
        elif line["leaf"].get("act") == "erasure.carried_out":
            erased.update((line.get("payload") or {}).get("leaves", []))
        size += 1
        while pending and pending[0][0] == size:
            covered, root, source = pending.pop(0)
            if fold(peaks) != root:
                raise Wrong(
                    f"among the acts {before} to {covered - 1} one was altered, exchanged, taken out or put in: "
                    f"their sum is not the one that {source} signs"
                )
            before = covered
    if pending:
        raise Wrong(f"act {size} is missing, and all after it: {pending[0][2]} covers {pending[0][0]} acts")
    for leaf, place in gone.items():
        if leaf not in erased:
            raise Wrong(f"what act {place} was about is gone, and no two persons erased it")
    return size, covered


def check_line(line: dict[str, Any], place: int) -> bytes:
    """The hash of the leaf at a place."""
    if line.get("position") != place:
        raise Wrong(f"act {place} is missing: the line at its place says {line.get('position')}")
    leaf, names = line.get("leaf"), set(line)
    if names not in (HASHES, HASHES | {"payload", "salt", "erased_at"}):
        raise Wrong(f"the line of act {place} has other parts than it should")
    if not isinstance(leaf, dict):
        raise Wrong(f"act {place} is missing")
    found = hashlib.sha256(b"\x00" + canonical(leaf)).hexdigest()
    if found != line.get("leaf_sha256"):
        raise Wrong(f"act {place} was altered: {described(line)}")
    if found != line.get("node"):
        raise Wrong(f"act {place} is not the one that was put there: {described(line)}")
    if line.get("payload") is not None or line.get("salt") is not None:
        if hash_of_payload(line.get("salt"), line.get("payload")) != leaf.get("payload_sha256"):
            raise Wrong(f"what act {place} was about was altered: {described(line)}")
    elif "payload" in line and line.get("erased_at") is None:
        raise Wrong(f"what act {place} was about is missing, and nobody erased it: {described(line)}")
    return bytes.fromhex(found)


def hash_of_payload(salt: Any, payload: Any) -> str | None:
    """SHA-256 of the salt and what an act was about; None for what is no salt."""
    try:
        raw = bytes.fromhex(salt)
    except (TypeError, ValueError):
        return None
    return hashlib.sha256(raw + canonical(payload)).hexdigest() if raw.hex() == salt else None


def described(line: dict[str, Any]) -> str:
    """An act in a few words."""
    leaf = line.get("leaf") or {}
    return f"{leaf.get('act')} on {leaf.get('subject')} at {leaf.get('at')}"


def add(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Put a leaf into a row of peaks."""
    while size & 1:
        leaf = hashlib.sha256(b"\x01" + peaks.pop() + leaf).digest()
        size >>= 1
    peaks.append(leaf)


def fold(peaks: Sequence[bytes]) -> bytes:
    """The root over a row of peaks."""
    root = peaks[-1]
    for left in reversed(peaks[:-1]):
        root = hashlib.sha256(b"\x01" + left + root).digest()
    return root


def read_head(note: str, keys: Sequence[Key], source: str) -> Head:
    """A signed note: (size, root, where it is from)."""
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    lines = text.split("\n")
    if not separator or not any(is_signed(line, key, text) for line in signatures.splitlines() for key in keys):
        raise Wrong(f"{source} is not signed by the record's key")
    if len(lines) < 4 or not lines[1].isdecimal() or int(lines[1]) < 1:
        raise Wrong(f"{source} is no head of a record")
    return int(lines[1]), unbase64(lines[2]), source


def is_signed(line: str, key: Key, text: str) -> bool:
    """Whether a line of a note is a key's signature under its text."""
    name, public, hint = key
    dash, _, rest = line.partition(" ")
    signer, _, blob = rest.rpartition(" ")
    raw = unbase64(blob)
    return dash == "—" and signer == name and raw[:4] == hint and verifies(public, text.encode(), raw[4:])


def read_key(written: str) -> Key:
    """A key written name+hash+key: (name, public key, hint)."""
    name, _, rest = written.partition("+")
    hint, _, encoded = rest.partition("+")
    blob = unbase64(encoded)
    found = hashlib.sha256(name.encode() + b"\n" + blob).digest()[:4]
    if len(blob) != 33 or blob[0] != 1 or found.hex() != hint:
        raise ValueError(f"{written!r} is no key")
    return name, blob[1:], found


def unbase64(written: str) -> bytes:
    """The bytes of a text in base64; none for what is none."""
    try:
        return base64.b64decode(written, validate=True)
    except ValueError:
        return b""


def lines_of(path: Path, hashes: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The JSON values of a file, a line each in the form of RFC 8785; the SHA-256 of the file is noted at its end."""
    hashed = hashlib.sha256()
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            hashed.update(raw)
            try:
                value = json.loads(raw)
            except (ValueError, RecursionError):
                value = None
            if not isinstance(value, dict) or raw != canonical(value) + b"\n":
                where = f"act {number - 1}" if path.name == "leaves.jsonl" else f"line {number} of {path.name}"
                raise Wrong(f"{where} is not written as it was")
            yield value
    hashes[path.name] = hashed.hexdigest()


def canonical(value: Any) -> bytes:
    """The bytes of a JSON value as RFC 8785 writes them; the record holds no fractions."""
    return written(value).encode("utf-8", "surrogatepass")


def written(value: Any) -> str:
    """The same as text."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(quote(key) + ":" + written(value[key]) for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each) for each in value) + "]"
    if isinstance(value, float):
        raise Wrong(f"{value} is no value of a record")
    return quote(value)


quote = json.JSONEncoder(ensure_ascii=False).encode

# Ed25519 (RFC 8032, 5.1): points of the curve in extended coordinates.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def verifies(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature (64 bytes) is the key's (32 bytes) under a message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, point = decompress(public), decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or point is None or scalar >= ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    one, other = multiply(scalar, BASE), plus(point, multiply(challenge, key))
    return all((one[i] * other[2] - other[i] * one[2]) % P == 0 for i in (0, 1))


def decompress(blob: bytes) -> Point | None:
    """A point from its 32 bytes; None where there is none."""
    y = int.from_bytes(blob, "little")
    odd, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square or (x == 0 and odd):
        return None
    x = P - x if x & 1 != odd else x
    return x, y, 1, x * y % P


def plus(one: Point, other: Point) -> Point:
    """The sum of two points."""
    a, b = (one[1] - one[0]) * (other[1] - other[0]) % P, (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(times: int, point: Point) -> Point:
    """A point added to itself."""
    total: Point = (0, 1, 1, 0)
    while times:
        if times & 1:
            total = plus(total, point)
        point, times = plus(point, point), times >> 1
    return total


BASE: Point = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
