"""Every dependency is listed, with a licence that fits."""

from scripts.commands.licences import DOCUMENT, document, licences, unfit


def test_every_licence_fits_the_agpl() -> None:
    assert unfit(licences()) == []


def test_the_list_in_the_documentation_is_current() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == document(licences())


def test_a_licence_that_does_not_fit_is_seen() -> None:
    assert unfit({"a": "MIT AND SSPL-1.0", "b": "Proprietary", "c": "SSPL-1.0 OR MIT", "d": ""}) == ["a", "b", "d"]
