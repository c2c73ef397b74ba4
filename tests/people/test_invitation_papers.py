"""The paper of an invitation, its code that is typed by hand, and what the database itself refuses."""

import subprocess
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import text

from service.core import clock
from service.core.db import Session
from service.people import invitation_rules as rules
from service.people import invitations
from service.people.shapes import PaperIn
from tests.cast import Cast
from tests.make.invitations import accepted, new_person, on_paper
from tests.traces import refused_by_database


def words_of(content: bytes) -> str:
    """The text of a PDF, runs of white space joined."""
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


def test_the_check_character_tells_every_wrong_letter_and_nearly_every_swap() -> None:
    code = rules.new_code()
    for place, right in enumerate(code):
        for letter in rules.ALPHABET:
            if letter != right:
                with pytest.raises(rules.MistypedInvitation):
                    rules.read_code(code[:place] + letter + code[place + 1 :])
    unseen = {
        (one, other)
        for one in rules.ALPHABET
        for other in rules.ALPHABET
        if one != other and rules.check_character(one + other) == rules.check_character(other + one)
    }
    assert unseen == {("0", "Z"), ("Z", "0")}  # the one pair that Luhn's way cannot tell


def test_a_code_is_read_however_it_is_written() -> None:
    code = "0123456789ABCDE"
    code += rules.check_character(code)
    assert rules.written(code) == f"0123-4567-89AB-CDE{code[-1]}"
    for typed in (
        rules.written(code).lower(),
        code.replace("0", "o").replace("1", "l"),
        " ".join(code),
        code.replace("1", "I"),
    ):
        assert rules.read_code(typed) == code


async def test_the_paper_is_for_its_issuer_holds_link_and_code_and_is_kept_nowhere(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    given = PaperIn(token=issued.token, code=issued.code)
    files = await session.scalar(text("SELECT count(*) FROM stored_file"))
    with pikepdf.open(BytesIO(await invitations.draw_invitation(session, cast.system, given))) as pdf:
        assert (len(pdf.pages), list(pdf.attachments)) == (1, ["invitation.json"])
        data = pdf.attachments["invitation.json"].get_file().read_bytes().decode()
    assert issued.link in data and issued.code in data and str(person.dni) not in data
    content = await invitations.draw_invitation(session, cast.system, given)
    said = words_of(content)
    day = issued.invitation.expires_at.astimezone(clock.PERU)
    for words in (
        person.name,
        issued.code,
        "localhost:8000/invitations",
        f"hasta el {day.day} de ",
        "cuatro últimos números de su DNI",
    ):
        assert words in said
    assert str(person.dni) not in said and str(person.dni)[-4:] not in said.replace(issued.code, "").replace(person.name, "")
    assert await session.scalar(text("SELECT count(*) FROM stored_file")) == files
    with pytest.raises(rules.InvitationUnknown):
        await invitations.draw_invitation(session, cast.programme, given)
    other = await on_paper(session, cast, await new_person(session, cast))
    with pytest.raises(rules.InvitationUnknown):
        await invitations.draw_invitation(session, cast.system, PaperIn(token=issued.token, code=other.code))
    await invitations.accept_invitation(session, accepted(person, issued.token))
    with pytest.raises(rules.InvitationUsed):
        await invitations.draw_invitation(session, cast.system, given)


async def test_the_database_refuses_what_the_use_cases_refuse(session: Session, cast: Cast) -> None:
    person = await new_person(session, cast)
    issued = await on_paper(session, cast, person)
    row = {"id": issued.invitation.id}
    used = "UPDATE invitation SET used_at = expires_at WHERE id = :id"
    assert "run out or is void" in await refused_by_database(session, used, **row)
    await session.execute(text("UPDATE invitation SET attempts = 5 WHERE id = :id"), row)
    assert "not given back" in await refused_by_database(session, "UPDATE invitation SET attempts = 4 WHERE id = :id", **row)
    now = "UPDATE invitation SET used_at = at WHERE id = :id"
    assert "run out or is void" in await refused_by_database(session, now, **row)
    longer = "UPDATE invitation SET expires_at = expires_at + interval '1 day' WHERE id = :id"
    assert "permission denied" in await refused_by_database(session, longer, **row)
    second = (
        "INSERT INTO invitation (id, person_id, purpose, way, token_hash, issued_by, at, expires_at, attempts) "
        "SELECT gen_random_uuid(), :person, 'invite', 'by_sms', sha256('x'), :by, at, expires_at, 0 FROM invitation WHERE id = :id"
    )
    by = cast.system.person_id
    assert "uq_invitation_live" in await refused_by_database(session, second, person=person.id, by=by, **row)
    assert "by_another" in await refused_by_database(session, second, person=by, by=by, **row)
    await session.execute(text("UPDATE invitation SET revoked_at = at WHERE id = :id"), row)
    again = "UPDATE invitation SET revoked_at = NULL WHERE id = :id"
    assert "stays as it is" in await refused_by_database(session, again, **row)
