"""The house keeps its own rules: the order of areas, the direction of foreign keys, the ceilings, the protection of history."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from service.core.db import Session
from service.core.settings import ROOT
from tests.tables import load_tables

FLOORS = [
    ["transparency"],
    ["privacy"],
    ["monitoring"],
    ["accountability"],
    ["disbursements"],
    ["contracts"],
    ["deliberation"],
    ["scoring"],
    ["applications"],
    ["integration"],
    ["funding"],
    ["contests"],
    ["people"],
    ["territory"],
    ["documents", "messages", "ledger"],
    ["record"],
    ["core"],
]
"""The areas from the top of the house to its ground; those of one floor are strangers to each other."""

FLOOR_OF = {area: number for number, floor in enumerate(FLOORS) for area in floor}


def tracked_python() -> list[Path]:
    """Every Python file of ours but the migrations."""
    files = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / file for file in files if not file.startswith("alembic/versions/") and (ROOT / file).exists()]


def imports_of(path: Path) -> Iterator[str]:
    """The modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def may_know(area: str, other: str) -> bool:
    """Whether an area may import another (or point at its tables)."""
    return area == other or FLOOR_OF[area] < FLOOR_OF[other]


def wrong_imports(area: str, imports: Iterator[str]) -> list[str]:
    """The imports that go upward, sideways or out of the service."""
    found = []
    for name in imports:
        parts = name.split(".")
        if parts[0] in ("api", "scripts", "tests"):
            found.append(name)
        if parts[0] == "service" and len(parts) > 1 and parts[1] in FLOOR_OF and not may_know(area, parts[1]):
            found.append(name)
    return found


def area_of_table() -> dict[str, str]:
    """The area that each table belongs to, by the module of its class."""
    load_tables()
    return {str(mapper.local_table): mapper.class_.__module__.split(".")[1] for mapper in SQLModel._sa_registry.mappers}


def test_every_area_is_on_the_map() -> None:
    there = {path.name for path in (ROOT / "service").iterdir() if (path / "__init__.py").exists()}
    assert there - set(FLOOR_OF) == set()


@pytest.mark.parametrize("path", sorted((ROOT / "service").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_the_service_imports_only_what_lies_below_it(path: Path) -> None:
    parts = path.relative_to(ROOT / "service").parts
    if len(parts) > 1:
        assert wrong_imports(parts[0], imports_of(path)) == []


def test_an_upward_import_is_seen() -> None:
    assert wrong_imports("scoring", iter(["service.deliberation.usecases"])) == ["service.deliberation.usecases"]
    assert wrong_imports("ledger", iter(["service.documents.rules", "api.app"])) == ["service.documents.rules", "api.app"]


def test_foreign_keys_follow_the_order_of_the_areas() -> None:
    areas = area_of_table()
    wrong = [
        f"{table.name} -> {key.column.table.name}"
        for table in SQLModel.metadata.tables.values()
        for key in table.foreign_keys
        if not may_know(areas[table.name], areas[key.column.table.name])
    ]
    assert wrong == []


def test_no_foreign_key_cascades() -> None:
    load_tables()
    assert [
        key for table in SQLModel.metadata.tables.values() for key in table.foreign_keys if key.ondelete or key.onupdate
    ] == []


def test_no_file_has_more_than_300_lines() -> None:
    assert {
        str(path.relative_to(ROOT)): lines for path in tracked_python() if (lines := len(path.read_text().splitlines())) > 300
    } == {}


def test_no_function_has_more_than_50_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in tracked_python()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno + 1 > 50
    ]
    assert long == []


def test_rules_are_pure() -> None:
    """A file of rules awaits nothing and sees no session, clock or settings."""
    wrong = []
    for path in (ROOT / "service").rglob("rules.py"):
        tree = ast.parse(path.read_text())
        if any(isinstance(node, ast.Await | ast.AsyncFunctionDef) for node in ast.walk(tree)):
            wrong.append(f"{path.relative_to(ROOT)} awaits")
        wrong += [
            f"{path.relative_to(ROOT)} imports {name}"
            for name in imports_of(path)
            if name in ("service.core.db", "service.core.clock", "service.core.settings")
        ]
    assert wrong == []


def test_the_repository_names_no_registry_and_no_path_of_a_machine() -> None:
    words = [
        "pypi" + ".org",
        "pythonhosted" + ".org",
        "registry.npmjs" + ".org",
        "deb.debian" + ".org",
        "/work" + "/",
        "/root" + "/",
    ]
    found = subprocess.run(
        ["git", "grep", "-lIF", *[part for word in words for part in ("-e", word)]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == []


async def test_every_table_of_history_refuses_change_even_to_its_owner(session: Session) -> None:
    load_tables()
    guarded = set(
        (await session.execute(text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'refuse_change'"))).scalars()
    )
    marked = {table.name for table in SQLModel.metadata.tables.values() if table.info.get("immutable")}
    assert {name.strip('"') for name in guarded} == marked


async def test_the_application_may_update_and_delete_only_what_is_marked(session: Session) -> None:
    load_tables()
    columns = await session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.column_privileges WHERE grantee = current_user AND privilege_type = 'UPDATE'"
        )
    )
    granted: dict[str, set[str]] = {}
    for table, column in columns:
        granted.setdefault(table, set()).add(column)
    deletable = set(
        (
            await session.execute(
                text(
                    "SELECT table_name FROM information_schema.table_privileges WHERE grantee = current_user AND privilege_type IN ('DELETE', 'TRUNCATE')"
                )
            )
        ).scalars()
    )
    for table in SQLModel.metadata.tables.values():
        every = {column.name for column in table.columns}
        moves = set(table.info.get("moves", ())) | ({"id"} if table.info.get("lockable") else set())
        assert granted.get(table.name, set()) == (moves if table.info.get("immutable") else every), table.name
    assert {name for name in deletable if not name.startswith("pgqueuer")} == {
        table.name for table in SQLModel.metadata.tables.values() if table.info.get("deletable")
    }
