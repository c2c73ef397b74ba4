"""What the machine itself has to have: the libraries that WeasyPrint loads, Noto Sans, and for the tests some programs."""

import contextlib
import ctypes
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.bootstrap import debian, paths

FONT_FOLDERS = (
    debian.UNPACKED / "usr/share/fonts/truetype/noto",
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
)

FONT_FACES = ("Regular", "Bold")
SUBSET_FONTS = paths.ROOT / "var" / "fonts"
FONTS_MARK = "made-by"


@dataclass(frozen=True)
class Need:
    """A Debian package, how to see that what it brings is there, from wherever, and whether unpacking it would do."""

    package: str
    is_met: Callable[[], bool]
    works_unpacked: bool = False


def library(name: str) -> Callable[[], bool]:
    """Whether a shared library can be loaded, from the system or from what was unpacked."""
    return lambda: _loads(name) or bool(list(_library_folders(name)))


def program(name: str) -> Callable[[], bool]:
    """Whether a program is on the path."""
    return lambda: shutil.which(name) is not None


LIBRARIES = {
    "libpango-1.0-0": "libpango-1.0.so.0",
    "libpangoft2-1.0-0": "libpangoft2-1.0.so.0",
    "libharfbuzz-subset0": "libharfbuzz-subset.so.0",
}
TO_RUN = [
    *(Need(package, library(name), works_unpacked=True) for package, name in LIBRARIES.items()),
    Need("fonts-noto-core", lambda: has_fonts(SUBSET_FONTS) or font_source() is not None, works_unpacked=True),
]
TO_TEST = [
    Need("chromium", program("chromium")),
    Need("postgresql-15", lambda: debian_postgres() is not None),
    Need("qpdf", program("qpdf")),
    Need("poppler-utils", program("pdffonts")),
]


NO_MAIN_CLUSTER = Path("/etc/postgresql-common/createcluster.d/raymi.conf")


def ensure(needs: list[Need]) -> None:
    """Bring what is missing. Refuses: SetupFailed."""
    missing = [need for need in needs if not need.is_met()]
    if not missing:
        return
    if os.getuid() != 0 and not all(need.works_unpacked for need in missing):
        raise debian.refusal([need.package for need in missing])
    with _no_system_cluster():
        debian.bring([need.package for need in missing])
    still = [need.package for need in needs if not need.is_met()]
    if still:
        raise debian.refusal(still)


def has_fonts(folder: Path) -> bool:
    """Whether `folder` has the subset fonts, made by this version."""
    mark = folder / FONTS_MARK
    made = mark.exists() and mark.read_text() == fonts_version()
    return made and all((folder / f"NotoSans-{face}.ttf").exists() for face in FONT_FACES)


def fonts_version() -> str:
    """What FONTS_MARK says; it changes when the subsetting does."""
    return hashlib.sha256((Path(__file__).parent / "fonts.py").read_bytes()).hexdigest()


def installed_fonts() -> Path:
    """The folder that the service reads its fonts from: with the data, wherever RAYMI_VAR puts them."""
    return paths.var_directory() / "fonts"


def install_fonts() -> None:
    """Copy the subset fonts of this checkout to where the service reads them."""
    target = installed_fonts()
    if not has_fonts(target):
        target.mkdir(parents=True, exist_ok=True)
        for name in (*(f"NotoSans-{face}.ttf" for face in FONT_FACES), FONTS_MARK):  # the mark last
            draft = target / f"{name}.{os.getpid()}"
            shutil.copyfile(SUBSET_FONTS / name, draft)
            draft.replace(target / name)


def font_source() -> Path | None:
    """The folder with Noto Sans in full."""
    for folder in FONT_FOLDERS:
        for regular in folder.rglob("NotoSans-Regular.ttf"):
            if all((regular.parent / f"NotoSans-{face}.ttf").exists() for face in FONT_FACES):
                return regular.parent
    return None


def debian_postgres() -> Path | None:
    """The `bin` folder of Debian's newest PostgreSQL server, for the tests that want one with everything."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda program: int(program.parts[-3]))
    return found[-1].parent if found else None


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """`given` and what lets the unpacked libraries be found, where the system lacks them."""
    changed = {**given, "PYTHONPATH": os.pathsep.join(filter(None, [str(paths.ROOT), given.get("PYTHONPATH")]))}
    lacking = [name for name in LIBRARIES.values() if not _loads(name)]
    folders = sorted({str(folder) for name in lacking for folder in _library_folders(name)})
    if folders:
        changed["LD_LIBRARY_PATH"] = os.pathsep.join(filter(None, [*folders, given.get("LD_LIBRARY_PATH")]))
        changed["FONTCONFIG_FILE"] = str(_font_configuration())
    return changed


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _library_folders(name: str) -> Iterator[Path]:
    return (found.parent for found in debian.UNPACKED.glob(f"usr/lib/*/{name}"))


def _font_configuration() -> Path:
    """Fontconfig's own files come alive only by an installation; these few lines do."""
    file = debian.PLACE / "fonts.conf"
    file.write_text(
        f"<fontconfig><dir>{debian.UNPACKED / 'usr/share/fonts'}</dir><dir>/usr/share/fonts</dir>"
        f"<cachedir>{debian.PLACE / 'font-cache'}</cachedir></fontconfig>\n"
    )
    return file


@contextlib.contextmanager
def _no_system_cluster() -> Iterator[None]:
    """Debian's PostgreSQL makes and starts a cluster of its own when it is installed: not for us."""
    if os.getuid() != 0 or not debian.has_apt():
        yield
        return
    NO_MAIN_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_MAIN_CLUSTER.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        NO_MAIN_CLUSTER.unlink()
