"""The command ``raymi territory``."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.cluster import APP, Cluster
from scripts.commands import territory
from service.core.settings import ROOT

CANCHIS = ROOT / "scripts" / "demo" / "canchis.csv"


@pytest.fixture
def installation(cluster: Cluster, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A migrated database of its own, named by the environment."""
    cluster.ensure_database("territory_command", template)
    monkeypatch.setenv("DATABASE_URL", cluster.url(APP, "territory_command"))
    yield
    cluster.drop_database("territory_command")


@pytest.mark.usefixtures("installation")
def test_figures_are_imported_and_their_districts_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert territory.main(["import", str(CANCHIS), "--source", "INEI 2017"]) == 0
    assert capsys.readouterr().out == "raymi: figures for 8 districts imported (INEI 2017).\n"
    assert territory.main(["list", "checa"]) == 0
    assert capsys.readouterr().out == "080602  Checacupe, Canchis, Cusco\n200606  Miguel Checa, Sullana, Piura\n"


@pytest.mark.usefixtures("installation")
def test_a_refused_file_is_told_by_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "bad.csv"
    file.write_bytes(CANCHIS.read_bytes().replace(b"080608", b"080699"))
    assert territory.main(["import", str(file), "--source", "INEI 2017"]) == 1
    assert capsys.readouterr() == (
        "",
        "raymi territory: Line 9: there is no district with the UBIGEO 080699. Nothing was imported; correct the file and "
        "try again.\n",
    )


@pytest.mark.usefixtures("installation")
def test_a_file_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert territory.main(["import", "nowhere.csv", "--source", "INEI 2017"]) == 1
    assert "nowhere.csv" in capsys.readouterr().err


@pytest.mark.usefixtures("installation")
def test_a_long_list_says_that_it_is_cut(capsys: pytest.CaptureFixture[str]) -> None:
    assert territory.main(["list", "a"]) == 0
    shown = capsys.readouterr()
    assert (len(shown.out.splitlines()), shown.err) == (
        50,
        "raymi: only the first 50 are shown; give a longer part of the name.\n",
    )
