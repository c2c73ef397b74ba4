"""The catalogues: whole in Spanish, true to their keys, and nothing in them that no page shows."""

import re
from collections.abc import Callable

import pytest
from httpx import AsyncClient

from api.language import say
from scripts.texts import source
from scripts.texts.collect import Found, page, template, texts
from scripts.texts.compare import CATALOGUES, lacking, left_over, misfilled
from service.applications.eligibility_rules import NotYetEligible
from service.core.errors import Conflict
from service.core.settings import ROOT
from service.core.texts import Phrase, Reason
from service.people.groups import BoardRole

ENTRY = re.compile(r'^msgid "(.+)"$', re.MULTILINE)


@pytest.fixture(scope="module")
def found() -> Found:
    """Every text that the code can show."""
    return texts()


def entries(language: str) -> list[str]:
    """The keys of a catalogue as they stand in its file, in their order."""
    written = ENTRY.findall((ROOT / "locales" / language / "LC_MESSAGES" / "raymi.po").read_text(encoding="utf-8"))
    return [text.replace('\\"', '"') for text in written]


def test_spanish_says_every_text_that_a_reader_can_see(found: Found) -> None:
    assert lacking("es", found) == {}


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_catalogue_holds_nothing_that_no_page_shows(language: str, found: Found) -> None:
    assert left_over(language, found) == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_fills_in_what_its_key_fills_in(language: str) -> None:
    assert entries(language)
    assert [text for text in entries(language) if misfilled({text: say(language, text)})] == []


def test_a_refusal_that_a_test_declares_is_no_text_of_the_product() -> None:
    class OfATest(Conflict):
        message = "Only a test says this."

    assert OfATest.message not in texts()


def test_a_placeholder_that_got_lost_or_changed_is_seen() -> None:
    assert misfilled({"Only {open} is left.": "Solo queda {abierto}."}) == ["Only {open} is left."]
    assert misfilled({"{a} of {a}": "{a}"}) == ["{a} of {a}"]


@pytest.mark.parametrize("language", CATALOGUES)
def test_entries_stand_once_each_and_sorted(language: str) -> None:
    assert entries(language) == sorted(set(entries(language)))


def test_what_fills_a_text_is_said_in_the_language_too() -> None:
    reasons = (Reason("paper_missing:registry_sheet"), Reason("task:identity_cards:2:2026-06-30"))
    refused = NotYetEligible(reasons=reasons)
    assert (
        say("es", "{reasons}", **refused.values)
        == "falta el documento ficha o partida registral, por completar DNI de personas 2 2026-06-30"
    )
    assert say("en", "{reasons}", **refused.values) == "paper missing registry sheet, task identity cards 2 2026-06-30"
    assert say("es", "«{seats}»", seats=(BoardRole.TREASURER,)) == "«tesorería»"
    assert say("qu", "{why}", why=Phrase("{criterion} is missing", criterion="{B}")) == "falta {B}"


def test_quechua_says_its_own_and_falls_back_to_spanish() -> None:
    assert say("qu", "Contests") == "Atipanakuykuna"
    assert "Executing nucleus" not in entries("qu")
    assert say("qu", "Executing nucleus") == "Núcleo ejecutor"
    assert say("qu", "A text of nobody") == "A text of nobody"


PLANTED: dict[str, tuple[Callable[[str, str], Found], str]] = {
    "Plant a title": (page, 'View("Plant a title")'),
    "Plant a column": (page, 'Table("Calls", ["Code", "Plant a column"], [])'),
    "Plant a button": (page, 'ACTS = {1: ("path", "Plant a button")}'),
    "planted state": (page, 'state = "planted state" if row else None\nState(state)'),
    "planted in a view": (page, 'View(name, state="planted in a view" if draft else "drafted")'),
    "Plant a heading": (template, '<h1>{{ _("Plant a heading") }}</h1>'),
    "planted choice": (template, '<option>{{ _("planted choice") if na else code }}</option>'),
}


@pytest.mark.parametrize("text", PLANTED)
def test_a_planted_text_without_a_translation_is_found(text: str, found: Found) -> None:
    assert text not in found
    read, code = PLANTED[text]
    assert lacking("es", read("planted", code))[text] == "planted"


def test_a_text_that_only_machines_read_is_not_taken_for_one() -> None:
    code = '"""What a page does."""\nrouter.get("/contests")\nhere = f"/contests/{key}"\nname = "contest_id"\nTable("Calls", [], [])'
    assert page("planted", code) == {"Calls": "planted"}


def test_a_value_inside_a_translated_text_is_refused() -> None:
    with pytest.raises(source.UnknownValue):
        page("planted", 'form(here, f"Pay {amount} now")')


async def test_a_page_is_read_in_spanish_and_in_quechua(stranger: AsyncClient) -> None:
    spanish = await stranger.get("/contests", headers={"accept-language": "es-PE"})
    quechua = await stranger.get("/contests", headers={"accept-language": "qu-PE"})
    assert "<h1>Concursos</h1>" in re.sub(r"\s*</h1>", "</h1>", spanish.text)
    assert "<h1>Atipanakuykuna</h1>" in re.sub(r"\s*</h1>", "</h1>", quechua.text)
