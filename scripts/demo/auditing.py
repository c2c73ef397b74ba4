"""The end of the demo: an auditor takes the record away, checks it, and finds the one byte that somebody changed."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts.bootstrap.paths import ROOT
from scripts.commands.record import export_to, sign_and_deliver

PROGRAM = ROOT / "scripts" / "verify_record.py"


def audit(out: Path) -> bool:
    """Export the record to ``out/record`` with its signed head beside, and check it and a copy with one byte changed; whether all is well."""
    folder, head = out / "record", out / "record head.note"
    shutil.rmtree(folder, ignore_errors=True)
    head.write_text(sign_and_deliver()[0], encoding="utf-8")
    size = export_to(folder)
    print(f"Record: {size} acts in {folder}, with the signed head in {head}")
    code, said = _check(folder, head)
    print(f"The auditor's program says: {said}")
    with tempfile.TemporaryDirectory() as place:
        copy = Path(shutil.copytree(folder, Path(place) / "record"))
        leaves = bytearray((copy / "leaves.jsonl").read_bytes())
        leaves[len(leaves) // 2] ^= 1
        (copy / "leaves.jsonl").write_bytes(leaves)
        changed, told = _check(copy, head)
    print(f"With one byte of a copy changed it says: {told}")
    return (code, changed) == (0, 1)


def _check(folder: Path, head: Path) -> tuple[int, str]:
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(folder), "--head", str(head)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()
