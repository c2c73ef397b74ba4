"""The one door: what it says without a set-up, and when it takes a set-up for done."""

import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from scripts.bootstrap import debian, fonts, paths, system, venv
from scripts.bootstrap.failure import SetupFailed
from scripts.bootstrap.system import Need
from scripts.commands.__main__ import names, usage

BARE = {"PATH": "/usr/bin:/bin"}


def raymi(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the door from elsewhere, in an empty environment."""
    command = [sys.executable, "-I", str(paths.ROOT / "scripts" / "raymi"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=BARE, cwd="/")


def test_help_tells_every_sub_command_in_a_line() -> None:
    said = raymi("help").stdout
    assert said == raymi().stdout == raymi("--help").stdout == f"{usage()}\n"
    listed = [line.split(maxsplit=1) for line in said.splitlines() if line.startswith("  ")]
    assert [name for name, _ in listed] == names()
    assert {"backup", "doctor", "judge", "migrate", "restore", "serve", "setup", "upgrade", "worker"} <= set(names())
    assert all(summary.endswith((".", ").")) for _, summary in listed)


def test_a_sub_command_that_does_not_exist_is_named() -> None:
    done = raymi("sreve", "--port", "80")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == f"raymi: there is no sub-command 'sreve'.\n\n{usage()}\n"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose locks ask for nothing, so that they install without a network."""
    monkeypatch.setattr(paths, "VENV", tmp_path / "var/venv")
    monkeypatch.setattr(paths, "VENVS", tmp_path / "var/venvs")
    for name, lock in (("RUN_LOCK", "requirements.lock"), ("TEST_LOCK", "requirements-test.lock")):
        (tmp_path / lock).write_text(f"# {lock}\n")
        monkeypatch.setattr(venv, name, tmp_path / lock)
    return tmp_path


def test_a_lock_is_installed_once_and_again_when_it_changes(checkout: Path) -> None:
    assert not venv.is_current()
    venv.ensure()
    first = paths.VENV.resolve()
    told = subprocess.run([venv.python(), "-c", "import sys; print(sys.prefix)"], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == str(checkout / "var/venv")
    marked = (first / venv.COMPLETE).stat().st_mtime_ns
    venv.ensure()
    assert (first / venv.COMPLETE).stat().st_mtime_ns == marked
    (checkout / "requirements.lock").write_text("# other versions\n")
    assert not venv.is_current()
    venv.ensure()
    assert paths.VENV.resolve() != first
    assert (first / venv.COMPLETE).exists(), "the way back"
    (first / venv.COMPLETE).unlink()
    (checkout / "requirements.lock").write_text("# requirements.lock\n")
    assert not venv.is_current(), "an environment that is not marked complete was interrupted"


def test_the_tests_environment_serves_to_run_and_not_the_other_way_round(checkout: Path) -> None:
    venv.ensure()
    assert venv.is_current()
    assert not venv.is_current(with_tests=True)
    venv.ensure(with_tests=True)
    assert venv.is_current(with_tests=True)
    assert venv.is_current()
    for lock in ("requirements.lock", "requirements-test.lock"):
        (checkout / lock).write_text("# other versions\n")
    venv.ensure()
    assert venv.is_current(with_tests=True), "a developer keeps the tests' tools"


def test_a_failing_installation_leaves_the_environment_in_use(checkout: Path) -> None:
    venv.ensure()
    before = paths.VENV.resolve()
    (checkout / "requirements.lock").write_text(f"nothing @ file://{checkout}/nowhere.whl --hash=sha256:{'0' * 64}\n")
    for _ in range(2):
        with pytest.raises(SetupFailed, match=r"could not install requirements\.lock"):
            venv.ensure()
    assert paths.VENV.resolve() == before


def test_both_locks_hold_the_same_versions() -> None:
    def pins(lock: Path) -> set[str]:
        return {line.split(" ")[0] for line in lock.read_text().splitlines() if line[:1].isalnum()}

    assert pins(venv.RUN_LOCK) < pins(venv.TEST_LOCK)
    tools = {pin.split("==")[0] for pin in pins(venv.TEST_LOCK) - pins(venv.RUN_LOCK)}
    assert {"pytest", "mypy", "ruff", "playwright"} <= tools
    assert all(line.count("://") == 0 for lock in (venv.RUN_LOCK, venv.TEST_LOCK) for line in lock.read_text().splitlines())


def test_what_cannot_be_brought_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SetupFailed, match="apt-get install --no-install-recommends libnone1 none2"):
        system.ensure([Need("there", lambda: True), Need("libnone1", lambda: False, True), Need("none2", lambda: False, True)])


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An apt-get that only notes what it is asked, and at its first installation fails; the file of its notes."""
    notes = tmp_path / "notes"
    for name in ("apt-get", "dpkg"):
        script = f'#!/bin/sh\necho "{name} $*" >> {notes}\n[ "$1" != install ] || [ "$(grep -c install {notes})" -gt 1 ]\n'
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setattr(debian, "LISTS", tmp_path)
    (tmp_path / "archive_main_Packages").touch()
    return notes


def test_programs_are_not_fetched_by_somebody_who_cannot_install_them(apt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 1000)
    with pytest.raises(SetupFailed, match="lacks libnone1, program-2"):
        system.ensure([Need("libnone1", lambda: False, works_unpacked=True), Need("program-2", lambda: False)])
    assert not apt.exists()


def test_package_lists_that_are_too_old_are_renewed_once(apt: Path) -> None:
    debian.install(["libnone1", "none2"])
    install = "apt-get install -qq -y --no-install-recommends libnone1 none2\n"
    assert apt.read_text() == f"{install}apt-get update -qq\n{install}"


def test_unpacked_libraries_are_found_where_the_system_lacks_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "PLACE", tmp_path)
    monkeypatch.setattr(debian, "UNPACKED", tmp_path / "root")
    monkeypatch.setattr(system, "LIBRARIES", {"libnone1": "libnone.so.1", "libc6": "libc.so.6"})
    folder = tmp_path / "root/usr/lib/some-linux-gnu"
    folder.mkdir(parents=True)
    assert "LD_LIBRARY_PATH" not in system.environment({})
    (folder / "libnone.so.1").touch()
    changed = system.environment({"LD_LIBRARY_PATH": "/before"})
    assert changed["LD_LIBRARY_PATH"] == f"{folder}:/before"
    assert Path(changed["FONTCONFIG_FILE"]).read_text().startswith("<fontconfig>")


def test_the_fonts_print_the_languages_of_the_place(tmp_path: Path) -> None:
    source = system.font_source()
    assert source is not None
    for face in system.FONT_FACES:
        target = tmp_path / f"{face}.ttf"
        fonts.subset(source / f"NotoSans-{face}.ttf", target)
        known = TTFont(target).getBestCmap()
        assert [char for char in "ñÑáéíóúüÜäïʼ’«»—–…·ºªẽỹ€₡$%§№½²" if ord(char) not in known] == []
        assert target.stat().st_size < 80_000
        again = tmp_path / "again.ttf"
        fonts.subset(source / f"NotoSans-{face}.ttf", again)
        assert again.read_bytes() == target.read_bytes()
        assert (system.SUBSET_FONTS / f"NotoSans-{face}.ttf").read_bytes() == target.read_bytes()
