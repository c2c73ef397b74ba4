"""A witness of Raymi's records: it signs a head only where it extends the one that it saw last. For another machine, of another owner."""

import argparse
import base64
import fcntl
import json
import os
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

from service.record import tree
from service.record.keys import witness_signer
from service.record.note import Checkpoint, NoteRefused, Signer, Verifier, read, split

LARGEST = 16 * 1024
"""Bytes of a request: a proof has at most 63 hashes."""

_REQUEST = re.compile(r"old (0|[1-9][0-9]{0,18})\n((?:[A-Za-z0-9+/=]+\n){0,63})\n", re.ASCII)


class Refused(Exception):
    """A head that is not signed: the status (C2SP tlog-witness) and what is said."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status, self.said = status, said


@dataclass
class Witness:
    """What it signs with, whose heads it takes, and the file in which it keeps the last note of each."""

    signer: Signer
    logs: dict[str, list[Verifier]]
    file: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    def seen(self) -> dict[str, str]:
        """The last note of each log."""
        found: dict[str, str] = json.loads(self.file.read_text()) if self.file.exists() else {}
        return found

    def add(self, body: bytes) -> str:
        """Check a head and sign it: the signature line. Raises ``Refused``."""
        old, proof, note = _parts(body)
        head = self._trusted(note)
        with self.lock:
            seen = self.seen()
            last = Checkpoint.read(split(seen[head.origin])[0]) if head.origin in seen else None
            _require_extension(last, old, head, proof)
            self._keep({**seen, head.origin: note})
            return self.signer.line(head.text, int(time.time()))

    def _trusted(self, note: str) -> Checkpoint:
        try:
            origin = split(note)[0].partition("\n")[0]
            if origin not in self.logs:
                raise Refused(404, "this log is not known here")
            return read(note, *self.logs[origin])
        except NoteRefused as refused:
            raise Refused(403, str(refused)) from refused

    def _keep(self, seen: dict[str, str]) -> None:
        """On disk before anything is answered: what was signed is never forgotten."""
        draft = self.file.with_name(f"{self.file.name}.new")
        with draft.open("w") as file:
            json.dump(seen, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.file)


def main(arguments: list[str]) -> int:
    """Witness until Ctrl-C."""
    parser = argparse.ArgumentParser("raymi witness", description=__doc__)
    parser.add_argument("name", help="how it signs: a name without blanks, such as witness.example.pe")
    parser.add_argument("--log", action="append", required=True, help="the key of a record that it takes: name+hash+key")
    parser.add_argument("--folder", type=Path, required=True, help="where it keeps its key and what it has seen")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8100)
    chosen = parser.parse_args(arguments)
    server = make_server(chosen.name, chosen.log, chosen.folder, chosen.host, chosen.port)
    print(f"raymi witness: signs with {server.witness.signer.verifier.written}", file=sys.stderr, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
    return 0


class Server(ThreadingHTTPServer):
    """The witness over HTTP."""

    daemon_threads = True
    alone: IO[bytes]

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        super().__init__(address, _Handler)


def make_server(name: str, logs: list[str], folder: Path, host: str, port: int) -> Server:
    """A witness that listens. Raises ``NoteRefused`` for what is no key, ``BlockingIOError`` where one runs on the folder already."""
    folder.mkdir(parents=True, exist_ok=True)
    alone = (folder / "lock").open("wb")
    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)  # two of one name would not know what the other has signed
    known: dict[str, list[Verifier]] = {}
    for verifier in map(Verifier.read, logs):
        known.setdefault(verifier.name, []).append(verifier)
    server = Server((host, port), Witness(witness_signer(name, folder / "key"), known, folder / "seen.json"))
    server.alone = alone
    return server


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = 10

    def do_POST(self) -> None:
        """``/add-checkpoint``: sign a head, or say why not."""
        length = self.headers.get("content-length", "")
        if self.path != "/add-checkpoint":
            return self._answer(404, "")
        if not length.isdecimal() or int(length) > LARGEST:
            return self._answer(413, "")
        try:
            self._answer(200, self.server.witness.add(self.rfile.read(int(length))))
        except Refused as refused:
            self._answer(refused.status, refused.said)
        return None

    def do_GET(self) -> None:
        """``/``: the key, and the last note of each log."""
        if self.path != "/":
            return self._answer(404, "")
        witness = self.server.witness
        return self._answer(200, "\n".join([witness.signer.verifier.written, "", *witness.seen().values()]))

    def _answer(self, status: int, said: str) -> None:
        body = said.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/x.tlog.size" if status == 409 else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # the library's own name
        """Nothing: what matters is in the file."""


def _parts(body: bytes) -> tuple[int, list[bytes], str]:
    try:
        written = body.decode()
        match = _REQUEST.match(written)
        if match is None:
            raise Refused(400, "this is no request to a witness")
        proof = [base64.b64decode(line, validate=True) for line in match[2].splitlines()]
    except ValueError as error:
        raise Refused(400, "this is no request to a witness") from error
    return int(match[1]), proof, written[match.end() :]


def _require_extension(last: Checkpoint | None, old: int, head: Checkpoint, proof: list[bytes]) -> None:
    known = last.size if last else 0
    if old != known:
        raise Refused(409, f"{known}\n")
    if old > head.size:
        raise Refused(400, "a head does not become smaller")
    if last is None or old == 0:
        if proof:
            raise Refused(422, "there is nothing to prove yet")
    elif old == head.size and head.root != last.root:
        raise Refused(409, f"{known}\n")
    elif not tree.proves_consistency(old, head.size, last.root, head.root, proof):
        raise Refused(422, "this does not extend what was seen")
