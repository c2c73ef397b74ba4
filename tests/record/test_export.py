"""The auditor's program: it accepts an exported record, and names the first thing in it that is not as it was."""

import asyncio
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts import verify_record
from scripts.cluster import APP, OWNER, Cluster
from scripts.drills import tampering
from scripts.drills.edits import EDITS, rebuild
from service.core import migrations
from service.core.db import make_engine, make_sessions, transaction
from service.core.settings import ROOT
from service.record.export import export_record
from service.record.keys import record_signer

PROGRAM = ROOT / "scripts" / "verify_record.py"
LEAVES = 60


@pytest.fixture(scope="module")
async def note(cluster: Cluster) -> str:
    """A database with acts and heads; the note of the last head, as an auditor has it from elsewhere."""
    cluster.ensure_database("audited")
    await _migrate(cluster)
    return await tampering.fill(cluster, "audited", LEAVES)


@pytest.fixture(scope="module")
async def exported(cluster: Cluster, note: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported record."""
    folder = tmp_path_factory.mktemp("record")
    engine = make_engine(cluster.url(APP, "audited"), pool_size=1)
    async with transaction(make_sessions(engine)) as session:
        assert await export_record(session, folder) == LEAVES
    await engine.dispose()
    (folder.parent / "outside.note").write_text(note)
    return folder


async def _migrate(cluster: Cluster) -> None:
    await asyncio.to_thread(migrations.upgrade, cluster.url(OWNER, "audited"), APP)


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    """The program as an auditor runs it: alone, in an empty folder, with nothing of ours on the path."""
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_record_as_it_was_written_holds(exported: Path) -> None:
    outside = str(exported.parent / "outside.note")
    key = record_signer().verifier.written
    assert run(exported, "--head", outside, "--key", key) == (
        0,
        "60 acts hold, under 2 signed heads (1 from elsewhere); the newest covers 60 acts.\n",
    )
    assert "none from elsewhere" in run(exported)[1]


def test_one_changed_bit_is_found_and_the_act_is_named(exported: Path, tmp_path: Path) -> None:
    outside = str(exported.parent / "outside.note")
    chance = Random(8032)
    whole = (exported / "leaves.jsonl").read_bytes()
    copy = shutil.copytree(exported, tmp_path / "copy")
    for _ in range(60):
        place = chance.randrange(len(whole) - 1)
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        (copy / "leaves.jsonl").write_bytes(changed)
        code, said = run(copy, "--head", outside)
        line = whole[:place].count(b"\n")
        assert (code, f"act {line}" in said) == (1, True), said


@pytest.mark.parametrize("name", ["record.json", "heads.jsonl"])
def test_one_changed_bit_beside_the_acts_is_found_too(exported: Path, tmp_path: Path, name: str) -> None:
    chance = Random(4648)
    whole = (exported / name).read_bytes()
    copy = shutil.copytree(exported, tmp_path / "copy")
    for _ in range(40):
        place = chance.randrange(len(whole) - 1)
        changed = bytearray(whole)
        changed[place] ^= 1 << chance.randrange(8)
        (copy / name).write_bytes(changed)
        code, said = run(copy)
        assert (code, "Traceback" in said) in ((1, False), (2, False)), f"{place}: {said}"
        assert name == "record.json" or code == 1


def test_the_line_that_an_altered_act_stands_on_is_named(exported: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(exported, tmp_path / "copy")
    text = (copy / "leaves.jsonl").read_text()
    (copy / "leaves.jsonl").write_text(text.replace('"number":41', '"number":14'))
    said = run(copy)
    assert said[0] == 1
    assert said[1].startswith("NOT THE RECORD THAT WAS SIGNED: what act 41 was about was altered: drill.done on drill:41 at ")


async def test_every_edit_of_the_database_is_found(cluster: Cluster, note: str) -> None:
    chance = Random(9162)
    for edit in EDITS * 3:
        did, said = await tampering.attempt(cluster, "audited", edit, chance, LEAVES, note)
        assert said is not None, f"{edit.__name__}: {did}"


async def test_only_a_head_from_elsewhere_finds_a_record_that_was_made_anew(cluster: Cluster, note: str) -> None:
    chance = Random(1)
    did, said = await tampering.attempt(cluster, "audited", rebuild, chance, LEAVES, None)
    assert said is None, f"{did}: whoever holds key and database can write another history that holds in itself"
    _, said = await tampering.attempt(cluster, "audited", rebuild, chance, LEAVES, note)
    assert said is not None and "outside.note" in said


def test_a_head_of_another_key_does_not_count(exported: Path, tmp_path: Path) -> None:
    key = record_signer().verifier.written
    other = key[:-6] + ("A" if key[-6] != "A" else "B") + key[-5:]
    code, said = run(exported, "--key", other)
    assert (code, "is no key" in said) == (2, True)
    forged = tmp_path / "forged.note"
    forged.write_text((exported.parent / "outside.note").read_text().replace("\n60\n", "\n61\n"))
    code, said = run(exported, "--head", str(forged))
    assert (code, "is not signed by the record's key" in said) == (1, True)


def test_a_record_that_ends_too_early_is_said_to(exported: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(exported, tmp_path / "copy")
    lines = (copy / "leaves.jsonl").read_text().splitlines(keepends=True)
    (copy / "leaves.jsonl").write_text("".join(lines[:-3]))
    code, said = run(copy)
    assert (code, "act 57 is missing, and all after it" in said) == (1, True)


def test_what_is_no_export_is_told_apart(tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 2
    (tmp_path / "record.json").write_text('{"format":"another/1"}\n')
    assert run(tmp_path)[0] == 2


def test_its_own_ed25519_agrees_with_a_library_and_takes_no_bent_signature() -> None:
    chance = Random(25519)
    for length in (0, 1, 63, 64, 200):
        key, message = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)), chance.randbytes(length)
        public, signature = key.public_key().public_bytes_raw(), key.sign(message)
        assert verify_record.verifies(public, message, signature)
        for place in range(0, 64, 7):
            bent = bytearray(signature)
            bent[place] ^= 1 << chance.randrange(8)
            assert not verify_record.verifies(public, message, bytes(bent))
        assert not verify_record.verifies(public, message + b"x", signature)
        high = int.from_bytes(signature[32:], "little") + verify_record.ORDER
        assert not verify_record.verifies(public, message, signature[:32] + high.to_bytes(32, "little"))


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"),
    [  # RFC 8032, 7.1, tests 1 to 3
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_the_vectors_of_the_rfc_hold(seed: str, public: str, message: str, signature: str) -> None:
    assert seed
    assert verify_record.verifies(*map(bytes.fromhex, (public, message, signature)))
