"""The record of what was done: export it for an auditor, sign a head now, make a key."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import IntegrityError

from scripts import database
from scripts.refusal import Refused
from service.core.db import Session, make_engine, make_sessions
from service.core.errors import Refusal
from service.core.settings import BadSetting, load
from service.record.delivery import deliver
from service.record.export import export_record
from service.record.keys import read_seed, record_signer
from service.record.witnesses import sign_witnessed

ONE_MOMENT = "REPEATABLE READ"
"""The isolation in which an export sees one moment, while acts go on."""

T = TypeVar("T")


def main(arguments: list[str]) -> int:
    """1 when it is refused, with the reason."""
    parser = argparse.ArgumentParser("raymi record", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    export = acts.add_parser("export", help="write the record to a folder, under a head signed now")
    export.add_argument("folder", type=Path)
    export.add_argument("--hashes", action="store_true", help="without what the acts were about")
    acts.add_parser("sign", help="sign a head now and bring it to the witnesses")
    key = acts.add_parser("key", help="make a key to sign with, and say its public half")
    key.add_argument("file", type=Path)
    chosen = parser.parse_args(arguments)
    try:
        if chosen.act == "key":
            return _make_key(chosen.file)
        with database.open_database():
            return _export(chosen.folder, hashes=chosen.hashes) if chosen.act == "export" else _sign()
    except BadSetting as wrong:
        raise Refused(str(wrong)) from wrong


def export_to(folder: Path, *, payloads: bool = True) -> int:
    """Write the record of the open database to a new or empty folder; how many acts it has. Refuses: Refused."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is not an empty folder. Name a new one.")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _in_transaction(sign_witnessed)
    except (Refused, IntegrityError) as broken:  # all the more reason to export what there is
        print(f"raymi record: no head could be signed: {broken}")
    return _in_transaction(lambda session: export_record(session, folder, payloads=payloads), ONE_MOMENT)


def sign_and_deliver() -> tuple[str, list[str]]:
    """Sign a head of the open database and bring it to the witnesses: its note, and what went wrong by witness."""
    head = _in_transaction(sign_witnessed)
    return head.note, asyncio.run(_deliver())


def _export(folder: Path, *, hashes: bool) -> int:
    size = export_to(folder, payloads=not hashes)
    print(f"{size} acts in {folder}, signed by {record_signer().verifier.written}")
    print(f"Check it anywhere, with a head from elsewhere: python3 scripts/verify_record.py {folder} --head FILE")
    return 0


def _sign() -> int:
    note, wrong = sign_and_deliver()
    print(note, end="")
    for line in wrong:
        print(f"raymi record: not delivered: {line}")
    return 1 if wrong else 0


def _make_key(file: Path) -> int:
    if file.exists():
        raise Refused(f"{file} exists already. A key is never overwritten: name another file.")
    read_seed(file, may_make=True)
    print(f"{file} holds the key. Give it to the service by RAYMI_RECORD_KEY_FILE, and keep a copy off this machine.")
    return 0


def _in_transaction(work: Callable[[Session], Awaitable[T]], isolation: str = "READ COMMITTED") -> T:
    async def run() -> T:
        engine = make_engine(load().database_url, pool_size=1)
        try:
            async with make_sessions(engine)() as session, session.begin():
                await session.connection(execution_options={"isolation_level": isolation})
                return await work(session)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal
        finally:
            await engine.dispose()

    return asyncio.run(run())


async def _deliver() -> list[str]:
    engine = make_engine(load().database_url, pool_size=1)
    try:
        return await deliver(make_sessions(engine))
    finally:
        await engine.dispose()
