"""Signed notes: the published example, and everything that is not quite one."""

import pytest

from service.record.note import LOG, WITNESS, Checkpoint, NoteRefused, Signer, Verifier, read, signed_by, split

# The example key and note of the documentation of golang.org/x/mod/sumdb/note.
PUBLISHED_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PUBLISHED_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
LOGS = Signer("raymi.example/record", LOG, bytes(range(32)))
WITNESS_ONE = Signer("witness.example", WITNESS, bytes(range(1, 33)))
HEAD = Checkpoint("raymi.example/record", 7, bytes(32))
NOTE = f"{HEAD.text}\n{LOGS.line(HEAD.text)}"


def test_the_published_note_is_signed_by_the_published_key() -> None:
    text, (line,) = split(PUBLISHED_NOTE)
    key = Verifier.read(PUBLISHED_KEY)
    assert key.written == PUBLISHED_KEY
    assert signed_by(line, key, text)
    assert not signed_by(line, key, text.replace("problem", "Problem"))


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    assert read(NOTE, LOGS.verifier) == HEAD
    assert HEAD.text == "raymi.example/record\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"


def test_a_witness_signs_with_its_time_and_keeps_the_logs_signature() -> None:
    line = WITNESS_ONE.line(HEAD.text, at=1_790_000_000)
    assert read(NOTE + line, WITNESS_ONE.verifier) == HEAD
    assert read(NOTE + line, LOGS.verifier) == HEAD
    later = WITNESS_ONE.line(HEAD.text, at=1_790_000_001)
    assert later != line
    assert not signed_by(line, LOGS.verifier, HEAD.text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        HEAD.text,
        NOTE.rstrip("\n"),
        NOTE.replace("\n7\n", "\n8\n"),
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("raymi.example", "raymi.other"),
        NOTE.replace("— ", "- "),
        NOTE.replace("AAAA=", "AAAB="),
        f"{HEAD.text}\n— raymi.example/record !!!!\n",
        f"{HEAD.text}\n{Signer('raymi.example/record', LOG, bytes(32)).line(HEAD.text)}",
        f"{HEAD.text}\n{WITNESS_ONE.line(HEAD.text, at=5)}",
    ],
)
def test_what_is_not_this_logs_note_is_refused(note: str) -> None:
    with pytest.raises(NoteRefused):
        read(note, LOGS.verifier)


@pytest.mark.parametrize("written", ["", "a+b", "a b+00000000+AAAA", PUBLISHED_KEY.replace("c74f", "c74e"), PUBLISHED_KEY[:-4]])
def test_what_is_no_key_is_refused(written: str) -> None:
    with pytest.raises(NoteRefused):
        Verifier.read(written)
