"""Every English text that the code can show, with where it stands: the keys that the catalogues need."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TypeVar, get_args

from jinja2 import Environment
from jinja2.ext import extract_from_ast
from sqlmodel import SQLModel

import api.pages
import api.routes
import service
from api.pages.forms import Field, form
from scripts.bootstrap.paths import ROOT
from scripts.texts import source
from service.applications.attribute_rules import POVERTY, PRESENCE
from service.contests.ready_books import templates
from service.contests.rules import read_book
from service.core.errors import Refusal
from service.documents import shapes as papers
from service.documents.spanish import REASONS
from service.privacy.export import words_of
from service.privacy.register import REGISTER
from service.scoring.result import Status

Found = dict[str, str]
"""Texts with the place where each stands, relative to the project."""

T = TypeVar("T")

UNSEEN = ("Action", "Turn", "MediaType")
"""How enumerations end whose members no page shows: moves of a machine, and what a file is made of."""


def texts() -> Found:
    """Every text that can be shown. Raises ``source.UnknownValue``."""
    _import_all()
    found = words() | refusals() | sentences()
    for path in sorted((ROOT / "api" / "pages").glob("*.py")):
        found |= page(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        found |= labels(path.stem)
    for path in sorted((ROOT / "templates").rglob("*.html")):
        place = path.relative_to(ROOT / "templates")
        if place.parts[0] != "documents":  # papers are written in Spanish from the start
            found |= template(f"templates/{place.as_posix()}", path.read_text(encoding="utf-8"))
    return found


def page(place: str, code: str) -> Found:
    """The texts of a page's source. Raises ``source.UnknownValue``."""
    tree = ast.parse(code)
    return dict.fromkeys([*source.constants(tree), *source.arguments(tree)], place)


def template(place: str, code: str) -> Found:
    """The texts of a template: the constants in ``_("...")``."""
    calls = extract_from_ast(Environment(autoescape=True).parse(code), ("_",))
    found = (text[0] if isinstance(text, tuple) else text for _, _, text in calls)  # what fills a text comes after it
    return {text: place for text in found if isinstance(text, str)}


def labels(page_name: str) -> Found:
    """The labels, and the choices that are translated, of the forms that a page draws."""
    module = importlib.import_module(f"api.pages.{page_name}")
    found: Found = {}
    for name in source.shapes(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
        shape: object = module
        for part in name.split("."):
            shape = getattr(shape, part, None)
        if not isinstance(shape, type):
            continue  # the parameter of ``form`` and ``act`` themselves
        for item in form("", "", shape).fields:
            fields = [item] if isinstance(item, Field) else [field for field in item.rows[0] if isinstance(field, Field)]
            choices = [text for field in fields if field.translate for _, text in field.choices]
            found |= dict.fromkeys([item.label, *(field.label for field in fields), *choices], f"{name} in {module.__name__}")
    return found


def refusals() -> Found:
    """The message of every refusal."""
    kinds: list[type[Refusal]] = [Refusal, *below(Refusal)]
    return {each.message: f"{each.__module__}.{each.__name__}" for each in kinds}


def sentences() -> Found:
    """What is said of a wrong field, and what the service says in phrases."""
    found: Found = {}
    for path in sorted((ROOT / "service").rglob("*.py")):
        found |= dict.fromkeys(source.spoken(_tree(path)), path.relative_to(ROOT).as_posix())
    for place in ("api/errors.py", "api/changes.py", "service/transparency/health.py"):
        found |= dict.fromkeys(source.constants(_tree(ROOT / place), source.SENTENCE), place)
    return found


def words() -> Found:
    """Codes that pages show as words: members of enumerations, outcomes, reasons, and what the ready rule books name."""
    books = [read_book(each.book) for each in templates()]
    kinds = [criterion["kind"] for each in templates() for stage in each.book["stages"] for criterion in stage["criteria"]]
    attributes = {name for book in books for name in book.number_attributes}
    found = dict.fromkeys([*stages(), *kinds, *attributes, PRESENCE, POVERTY], "ready rule books")
    found |= dict.fromkeys([*get_args(Status), *get_args(papers.Outcome), *REASONS], "results")
    found |= dict.fromkeys((text for kept in REGISTER for text in kept.texts), "the register of what is kept of people")
    tables = [SQLModel.metadata.tables[name] for kept in REGISTER for name in kept.tables]
    found |= dict.fromkeys(["act", *(word for table in tables for word in words_of(table))], "what is kept of people")
    for each in below(StrEnum):
        if not each.__name__.endswith(UNSEEN):
            found |= dict.fromkeys((member.value for member in each), f"{each.__module__}.{each.__name__}")
    return found


def stages() -> list[str]:
    """The codes of the stages in the ready rule books."""
    return sorted({stage["code"] for each in templates() for stage in each.book["stages"]})


def below(root: type[T]) -> Iterator[type[T]]:
    """The product's own subclasses of a class, however far down; what a library or a test declares is nobody's text."""
    for each in root.__subclasses__():
        if each.__module__.startswith(("api.", "service.")):
            yield each
        yield from below(each)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _import_all() -> None:
    for package in (service, api.pages, api.routes):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
