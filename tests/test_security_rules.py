"""Rules of secure code that no general tool knows, each shown to see its fault: SQL, amounts, routes, templates, exceptions from rules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from api import health
from api.app import create_app, routers
from api.deps import Once
from service.core.settings import ROOT
from tests.api.test_doors import PUBLIC
from tests.test_house import tracked_python

OURS = [path for path in tracked_python() if path.relative_to(ROOT).parts[0] in ("service", "api", "scripts")]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

FORBIDDEN_CALLS = {
    "eval", "exec", "pickle.loads", "pickle.load", "marshal.loads", "shelve.open", "yaml.load", "hashlib.md5", "hashlib.sha1", "os.system", "os.popen",
    "tempfile.mktemp", "ssl._create_unverified_context", "etree.XMLParser", "etree.parse", "ElementTree.parse", "ElementTree.fromstring", "random.random",
}  # fmt: skip
"""Calls that read data as code, hash weakly, start a shell or read XML without our limits."""

MAY = {("service/disbursements/iso20022.py", "etree.XMLParser"), ("service/disbursements/pain001.py", "etree.parse")}
"""The one place that reads XML of others, with nothing fetched or expanded; and the schema that is a file of ours."""


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of a name or attribute."""
    return (
        f"{dotted(node.value)}.{node.attr}"
        if isinstance(node, ast.Attribute)
        else node.id
        if isinstance(node, ast.Name)
        else ""
    )


def forbidden(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The calls of a file that are forbidden, by line; a shell counts as one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = dotted(node.func)
            if any(name == each or name.endswith(f".{each}") for each in FORBIDDEN_CALLS):
                yield node.lineno, next(each for each in FORBIDDEN_CALLS if name == each or name.endswith(f".{each}"))
            if any(
                word.arg == "shell" and not (isinstance(word.value, ast.Constant) and not word.value.value)
                for word in node.keywords
            ):
                yield node.lineno, "shell"


def floated(tree: ast.AST) -> Iterator[int]:
    """Lines on which something named like money becomes a float."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "float" and node.args:
            names = {dotted(each) for each in ast.walk(node.args[0]) if isinstance(each, ast.Name | ast.Attribute)}
            if any(re.search(r"amount|price|paid|sum|total|share|balance|score|prize", name) for name in names):
                yield node.lineno


def built(tree: ast.AST) -> Iterator[int]:
    """Lines on which ``text`` or ``execute`` gets a text put together from what is neither a constant of the module nor a literal."""
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call)
            and dotted(node.func).split(".")[-1] in ("text", "execute", "fetch", "fetchval", "fetchrow", "exec_driver_sql")
        ):
            continue
        for part in node.args[:1]:
            yield from (
                each.lineno
                for each in ast.walk(part)
                if isinstance(each, ast.FormattedValue) and not re.fullmatch(r"(\w+\.)?_?[A-Z][A-Z0-9_]*", dotted(each.value))
            )
            if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod):
                yield part.lineno


BUILT = {"scripts/drills/fuzz.py": 1, "scripts/drills/edits.py": 4}
"""Where SQL is put together from names of our own tables, argued on its line."""


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_calls_nothing_that_is_forbidden(path: Path) -> None:
    tree, name = ast.parse(path.read_text()), str(path.relative_to(ROOT))
    assert [(line, call) for line, call in forbidden(tree) if (name, call) not in MAY] == []
    assert list(floated(tree)) == []
    assert len(list(built(tree))) == BUILT.get(name, 0)


def test_planted_faults_are_seen() -> None:
    tree = ast.parse(
        'float(tranche.amount)\ntext(f"SELECT {name}")\ntext("SELECT %s" % name)\npickle.loads(x)\nrun(x, shell=True)\nhashlib.md5(x)'
    )
    assert list(floated(tree)) == [1]
    assert list(built(tree)) == [2, 3]
    assert [line for line, _ in forbidden(tree)] == [4, 5, 6]
    assert list(built(ast.parse('text(f"SELECT {store.WHO} {COLUMNS}")'))) == []


def test_every_route_runs_in_one_transaction_and_asks_who() -> None:
    for router, prefix in routers():
        for route in router.routes:
            if isinstance(route, APIRoute) and router is not health.router:
                assert isinstance(route, Once), route.path
                public = {
                    (method, prefix + route.path) for method in route.methods or ()
                } <= PUBLIC  # listed there, and read by a test
                asks = {each.call.__name__ for each in route.dependant.dependencies if each.call}
                assert public or asks & {"_signed_in", "_anyone"}, route.path


def test_every_body_refuses_what_it_does_not_know() -> None:
    schemas = create_app().openapi()["components"]["schemas"]
    taken = set(re.findall(r'"#/components/schemas/(\w+)"', str(bodies()).replace("'", '"')))
    waiting, seen = list(taken), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += re.findall(r"#/components/schemas/(\w+)", str(schemas[name]))
    assert seen
    assert [
        name
        for name in sorted(seen)
        if "properties" in schemas[name] and schemas[name].get("additionalProperties") is not False
    ] == []


def bodies() -> list[object]:
    """The request bodies of the OpenAPI document."""
    paths = create_app().openapi()["paths"]
    return [
        operation["requestBody"] for methods in paths.values() for operation in methods.values() if "requestBody" in operation
    ]


UNSAFE_MARKUP = re.compile(
    r"\|\s*safe\b|<[^>]*\son[a-z]+\s*=|javascript:|\bautoescape false|<script(?![^>]*\bsrc=)", re.IGNORECASE
)
INLINE_STYLE = re.compile(r"<[^>]*\sstyle\s*=|<style\b", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_escapes_everything_and_runs_nothing_inline(path: Path) -> None:
    source = path.read_text()
    assert UNSAFE_MARKUP.findall(source) == []
    if "documents" not in path.parts:  # papers are set by a program that runs no scripts and loads nothing
        assert INLINE_STYLE.findall(source) == []
        assert [
            tag for tag in re.findall(r"<script[^>]*>|<link rel=.stylesheet[^>]*>", source) if 'nonce="{{ nonce }}"' not in tag
        ] == []


def test_unsafe_markup_is_seen() -> None:
    for planted in (
        "{{ name | safe }}",
        "{{ name|safe }}",
        '<a onclick="x()">',
        "<script>x</script>",
        '<a href="javascript:x">',
    ):
        assert UNSAFE_MARKUP.search(planted), planted
    assert INLINE_STYLE.search('<p style="color: red">')


EXCEPTION = re.compile(r"#\s*(noqa|type: ignore|nosec)\b")
ARGUED = re.compile(
    r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\]|nosec [B0-9, ]+)(?:\s*#\s*nosec [B0-9, ]+)?\s*(?:#|-)\s*\S.{4,}"
)


def test_every_exception_from_a_rule_is_argued_on_its_line() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{number} {line.strip()}"
        for path in [*tracked_python(), ROOT / "scripts" / "raymi", ROOT / "scripts" / "test"]
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if EXCEPTION.search(line) and path.name != "test_security_rules.py" and not ARGUED.search(line)
    ]
    assert bare == []


def test_all_packages_are_locked_by_hash() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        pinned = re.findall(
            r"^([\w.-]+)==[^\\]+((?:\\\n\s+--hash=sha256:[0-9a-f]{64}\s*)*)", (ROOT / lock).read_text(), re.MULTILINE
        )
        assert len(pinned) > 20
        assert [name for name, hashes in pinned if not hashes] == []
