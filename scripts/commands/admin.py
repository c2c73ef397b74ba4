"""Create the first person of an empty installation: `raymi admin create USER --dni --given-names --family-names --sex`."""

import argparse
import asyncio
import getpass
import secrets
import sys

from pydantic import ValidationError

from scripts.database import app_url, open_database
from service.core.db import make_engine, make_sessions, transaction
from service.core.errors import Refusal
from service.people.models import Sex
from service.people.shapes import PersonIn, SignInIn
from service.people.signing_in import create_first_administrator


def main(arguments: list[str]) -> int:
    """0 when the person was created; 1 when there are persons already or a value is wrong."""
    parser = argparse.ArgumentParser("raymi admin", description=__doc__)
    parser.add_argument("act", choices=["create"])
    parser.add_argument("user_name")
    parser.add_argument("--dni", required=True)
    parser.add_argument("--given-names", required=True)
    parser.add_argument("--family-names", required=True)
    parser.add_argument("--sex", required=True, choices=[sex.value for sex in Sex])
    given = parser.parse_args(arguments)
    password, shown = _password()
    try:
        person = PersonIn(dni=given.dni, given_names=given.given_names, family_names=given.family_names, sex=Sex(given.sex))
        sign_in = SignInIn(user_name=given.user_name, password=password)
        with open_database():
            asyncio.run(_create(app_url(), person, sign_in))
    except ValidationError as error:
        for item in error.errors():
            print(f"raymi admin: {'.'.join(map(str, item['loc']))}: {item['msg']}", file=sys.stderr)
        return 1
    except Refusal as refusal:
        print(f"raymi admin: {refusal}", file=sys.stderr)
        return 1
    print(f"Created. Sign in as {given.user_name}" + (f" with the password {password}" if shown else "") + ".")
    print("Then Raymi asks for a second factor: a passkey of the phone or the computer, or an application that shows codes.")
    print("Keep the recovery codes on paper. Give the others their roles and invite them under Persons.")
    return 0


def _password() -> tuple[str, bool]:
    """The password typed twice at a terminal; where there is none, a new one that is shown once."""
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(15), True
    while True:
        first = getpass.getpass("Password (12 characters or more): ")
        if first == getpass.getpass("Once more: "):
            return first, False
        print("These were not the same.")


async def _create(url: str, person: PersonIn, sign_in: SignInIn) -> None:
    engine = make_engine(url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await create_first_administrator(session, person, sign_in)
    finally:
        await engine.dispose()
