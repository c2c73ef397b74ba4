"""Texts read from Python source: labels and sentences that pages hold, without running them."""

import ast
import re
from collections.abc import Iterator

LABEL = re.compile(r"[A-Z]")
"""A text for a reader begins with a capital letter; a path, a field's name or a code does not."""

SENTENCE = re.compile(r"[A-Z][a-z].*\.", re.DOTALL)
"""Where other capitals stand about: a text with a full stop at its end."""

WORDS = re.compile(r"[A-Z][a-z]")
"""Where SQL stands about: a text with one capital letter."""

NOT_TEXTS = frozenset({"Content-Disposition", "POST", "RY"})
"""Capitalised texts of pages that machines read."""

TRANSLATED = {"Word": 0, "State": 0, "form": 1, "say": 1, "Table": 0}
"""Calls whose argument in that place is looked up in the catalogues, whatever it begins with."""


class UnknownValue(Exception):
    """A translated text holds a value, so the catalogues cannot have it. Make it a ``Phrase``."""


def constants(tree: ast.AST, like: re.Pattern[str] = LABEL) -> Iterator[str]:
    """Every text constant that is like a label, but docstrings, parts of f-strings and what machines read."""
    passed_over = {id(part) for node in ast.walk(tree) for part in _no_texts(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed_over:
            text = node.value
            if like.match(text) and (like is not SENTENCE or SENTENCE.fullmatch(text)) and text not in NOT_TEXTS:
                yield text


def arguments(tree: ast.Module) -> Iterator[str]:
    """The texts in translated places: constants, either branch of a choice, what a name was set to.

    Raises ``UnknownValue`` on an f-string.
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        for place in _translated(node):
            yield from _texts(tree, place, frozenset())


def spoken(tree: ast.AST) -> Iterator[str]:
    """The sentences of ``raise ValueError("...")``, which a form shows at its field, and every ``Phrase("...")``."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="ValueError"), args=[sentence, *_]):
                yield from constants(sentence, SENTENCE)
            case ast.Call(func=ast.Name(id="Phrase"), args=[ast.Constant(value=str(text)), *_]):
                yield text


def shapes(tree: ast.AST) -> Iterator[str]:
    """The (dotted) names of the shapes that forms are drawn from."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in ("form", "act") and len(node.args) > 2:
            yield ast.unparse(node.args[2])


def called(node: ast.Call) -> str:
    """The name of the function that a call calls, without its module."""
    return ast.unparse(node.func).rpartition(".")[2]


def _translated(node: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that are looked up in the catalogues."""
    name, given = called(node), {each.arg: each.value for each in node.keywords}
    if name in TRANSLATED and len(node.args) > TRANSLATED[name]:
        yield node.args[TRANSLATED[name]]
    if (name == "Link" and "translate" in given) or (name == "View" and "translate_title" in given):
        yield node.args[0]
    if name == "View" and "state" in given:
        yield given["state"]


def _no_texts(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    if isinstance(node, ast.Expr):
        yield node.value  # a docstring, or a constant's


def _texts(tree: ast.AST, node: ast.expr, seen: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(tree, one, seen)
            yield from _texts(tree, other, seen)
        case ast.Name(id=name) if name not in seen:
            for value in _set_to(tree, name):
                yield from _texts(tree, value, seen | {name})
        case ast.JoinedStr():
            raise UnknownValue(f"line {node.lineno}: {ast.unparse(node)}")


def _set_to(tree: ast.AST, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
