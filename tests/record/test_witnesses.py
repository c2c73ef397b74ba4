"""Heads leave the building: to folders, and to a witness that signs only what extends the head it saw last."""

import base64
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from scripts.commands.witness import Server, make_server
from service.core.db import Sessions, transaction
from service.core.settings import BadSetting, load
from service.record import delivery, heads, note, witnesses
from service.record import usecases as record
from service.record.keys import record_signer
from service.record.models import RecordHead
from service.record.note import Checkpoint, Verifier
from tests.cast import Cast

Name = Callable[..., None]


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Server]:
    """The witness program on a free port, of this installation's record."""
    server = make_server("witness.test", [record_signer().verifier.written], tmp_path / "witness", "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    server.alone.close()


def address(server: Server) -> str:
    """How the setting names the witness."""
    return f"http://127.0.0.1:{server.server_port}|{server.witness.signer.verifier.written}"


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Iterator[Name]:
    """Sets the witnesses of this installation, until the test ends."""

    def name(*written: str) -> None:
        monkeypatch.setenv("RAYMI_WITNESSES", " ".join(written))
        load.cache_clear()

    yield name
    monkeypatch.undo()
    load.cache_clear()


async def act_and_sign(sessions: Sessions, cast: Cast) -> RecordHead:
    """One more act under a signed head."""
    async with transaction(sessions) as session:
        await record.append(session, cast.head, "test.done", "test:1", {})
        return await witnesses.sign_witnessed(session)


def notes_in(folder: Path) -> list[Path]:
    """The heads that a folder keeps."""
    return sorted(folder.rglob("*.note"))


async def lines(sessions: Sessions, size: int) -> list[str]:
    """The lines of witnesses under a head."""
    async with transaction(sessions) as session:
        return await delivery.seen_by(session, size)


async def test_a_witness_signs_each_head_that_extends_the_one_before(
    sessions: Sessions, cast: Cast, witness: Server, named: Name
) -> None:
    named(address(witness))
    for _ in range(3):
        head = await act_and_sign(sessions, cast)
        assert await delivery.deliver(sessions) == []
        (line,) = await lines(sessions, head.size)
        assert note.read(head.note + line, witness.witness.signer.verifier).size == head.size
    assert await delivery.deliver(sessions) == []  # nothing new to bring
    assert list(witness.witness.seen().values()) == [head.note]


async def test_a_witness_that_was_told_elsewhere_is_caught_up_with(
    sessions: Sessions, cast: Cast, witness: Server, named: Name
) -> None:
    first = await act_and_sign(sessions, cast)
    witness.witness.add(b"old 0\n\n" + first.note.encode())
    head = await act_and_sign(sessions, cast)
    named(address(witness))
    assert await delivery.deliver(sessions) == []
    assert len(await lines(sessions, head.size)) == 1


async def test_a_witness_that_has_seen_more_stops_the_start(
    sessions: Sessions, cast: Cast, witness: Server, named: Name
) -> None:
    head = await act_and_sign(sessions, cast)
    more = Checkpoint(record_signer().name, head.size + 5, bytes(32))
    witness.witness.add(f"old 0\n\n{more.text}\n{record_signer().line(more.text)}".encode())
    named(address(witness))
    await act_and_sign(sessions, cast)
    with pytest.raises(heads.RecordCut) as cut:
        await delivery.require_continued(sessions)
    assert cut.value.values == {"seen": head.size + 5}
    (wrong,) = await delivery.deliver(sessions)
    assert f"has seen {head.size + 5} acts" in wrong


async def test_a_folder_that_has_seen_more_stops_every_signing(
    sessions: Sessions, cast: Cast, tmp_path: Path, named: Name
) -> None:
    named(str(tmp_path))
    head = await act_and_sign(sessions, cast)
    assert await delivery.deliver(sessions) == []
    (kept,) = notes_in(tmp_path)
    assert (kept.name, kept.read_text()) == (f"{head.size}.note", head.note)
    await delivery.require_continued(sessions)
    more = Checkpoint(record_signer().name, head.size + 1000, bytes(32))
    kept.with_name(f"{more.size}.note").write_text(f"{more.text}\n{record_signer().line(more.text)}")
    for noise in (f"{more.size + 1}.note", f"{more.size + 2}.note"):
        kept.with_name(noise).write_bytes(b"\xff not a head" if noise.startswith(str(more.size + 2)) else b"not a head\n")
    with pytest.raises(heads.RecordCut):
        await act_and_sign(sessions, cast)


async def test_a_head_in_a_folder_is_never_written_over(sessions: Sessions, cast: Cast, tmp_path: Path) -> None:
    head = await act_and_sign(sessions, cast)
    witnesses.keep_in_folder(tmp_path, head)
    witnesses.keep_in_folder(tmp_path, head)
    other = RecordHead(size=head.size, root=bytes(32), note=head.note + "x", verifier=head.verifier, at=head.at)
    with pytest.raises(witnesses.OtherHead):
        witnesses.keep_in_folder(tmp_path, other)
    assert [file.read_text() for file in notes_in(tmp_path)] == [head.note]


async def test_a_witness_that_is_away_stops_nobody_and_is_named(sessions: Sessions, cast: Cast, named: Name) -> None:
    named(f"http://127.0.0.1:9|{Verifier('away.test', note.WITNESS, bytes(32)).written}")
    await act_and_sign(sessions, cast)
    await delivery.require_continued(sessions)
    (wrong,) = await delivery.deliver(sessions)
    assert wrong.startswith("http://127.0.0.1:9: ")


def head_of(size: int, root: bytes = bytes(32)) -> bytes:
    """A signed head of this record."""
    checkpoint = Checkpoint(record_signer().name, size, root)
    return f"{checkpoint.text}\n{record_signer().line(checkpoint.text)}".encode()


def post(server: Server, body: bytes) -> tuple[int, str]:
    """What the witness answers."""
    answer = httpx.post(f"http://127.0.0.1:{server.server_port}/add-checkpoint", content=body)
    return answer.status_code, answer.text


def test_a_witness_signs_nothing_but_an_extension(witness: Server) -> None:
    proof = base64.b64encode(bytes(32)).decode() + "\n"
    assert post(witness, b"old 0\n\n" + head_of(5))[0] == 200
    for status, body in (
        (409, b"old 0\n\n" + head_of(9)),  # it has seen five
        (400, b"old 5\n\n" + head_of(3)),
        (422, b"old 5\n" + proof.encode() + b"\n" + head_of(9)),
        (422, b"old 5\n\n" + head_of(9)),
        (409, b"old 5\n\n" + head_of(5, b"\x01" * 32)),
        (403, b"old 5\n\n" + head_of(9).replace(b"\n9\n", b"\n8\n")),
        (404, b"old 5\n\n" + head_of(9).replace(record_signer().name.encode(), b"another/record")),
        (400, b"new 5\n\n" + head_of(9)),
        (400, b"\xff\xfe"),
        (400, "old 5\nñ\n\n".encode() + head_of(9)),
        (413, b"x" * 20_000),
    ):
        assert post(witness, body)[0] == status, body[:60]
    assert post(witness, b"old 5\n\n" + head_of(5))[0] == 200  # the same once more
    assert httpx.get(f"http://127.0.0.1:{witness.server_port}/").text.startswith("witness.test+")


def test_a_second_witness_on_the_same_folder_does_not_start(witness: Server, tmp_path: Path) -> None:
    with pytest.raises(BlockingIOError):
        make_server("witness.test", [record_signer().verifier.written], tmp_path / "witness", "127.0.0.1", 0)


def test_a_witness_remembers_over_a_restart(tmp_path: Path) -> None:
    for size, status in ((5, 200), (4, 409)):
        server = make_server("w.test", [record_signer().verifier.written], tmp_path, "127.0.0.1", 0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert post(server, b"old 0\n\n" + head_of(size))[0] == status
        server.shutdown()
        server.server_close()
        server.alone.close()


@pytest.mark.parametrize("written", ["folder", "ftp://x|k", "http://x", "http://x|nonsense", "http://x|a+ñ+b"])
def test_a_witness_that_cannot_be_read_is_a_bad_setting(written: str) -> None:
    with pytest.raises(BadSetting):
        witnesses.Witness.read(written)
