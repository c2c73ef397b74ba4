"""What is only technical goes when its time is over, and not before; nobody else may empty it."""

from datetime import timedelta

from sqlalchemy import text

from service.core.db import Session
from service.privacy.forgetting import forget
from tests.cast import Cast
from tests.make.appeals import later
from tests.make.people import make_group, token_for
from tests.traces import refused_by_database


async def count(session: Session, statement: str) -> int:
    return int(await session.scalar(text(statement)) or 0)


async def test_devices_and_ends_of_numbers_go_after_a_year_and_files_after_a_month(session: Session, cast: Cast) -> None:
    await session.execute(
        text(
            "INSERT INTO sign_in (id, token_hash, person_id, at, expires_at, ended_at, last_seen_at, how, device) "
            "VALUES (gen_random_uuid(), 'x', :person, now(), now() + interval '12 hours', now(), now(), 'password', 'Firefox')"
        ),
        {"person": cast.head.person_id},
    )
    group = await make_group(session, cast)
    await session.execute(
        text(
            "INSERT INTO roll_draft (id, group_id, uploaded_by, uploaded_at, name, sha256, content) "
            "VALUES (gen_random_uuid(), :group, :by, now(), 'padrón.csv', encode(sha256('x'), 'hex'), 'x')"
        ),
        {"group": group.id, "by": cast.promoter.person_id},
    )
    await session.execute(
        text(
            "INSERT INTO message (id, kind, subject, language, address_end, body_mac, status, tries, reference, at, expires_at, settled_at) "
            "VALUES (gen_random_uuid(), 'invitation', 'person:x', 'es', '678', 'x', 'sent', 0, 'r', now(), now(), now())"
        )
    )
    assert await forget(session) == {"roll_draft": 0, "sign_in": 0, "message": 0}
    await later(session, timedelta(days=31))
    assert await forget(session) == {"roll_draft": 1, "sign_in": 0, "message": 0}
    await later(session, timedelta(days=336))
    assert await forget(session) == {"roll_draft": 0, "sign_in": 1, "message": 1}
    assert await count(session, "SELECT count(*) FROM message WHERE address_end <> ''") == 0
    assert await count(session, "SELECT count(*) FROM upkeep WHERE chore = 'forgetting' AND well") == 3


async def test_only_the_eraser_empties_them_and_fills_nothing(session: Session, cast: Cast) -> None:
    await token_for(session, cast.head.person_id)
    assert "permission denied" in await refused_by_database(session, "UPDATE sign_in SET device = ''")
    await session.execute(text("SET LOCAL ROLE raymi_eraser"))
    assert "history" in await refused_by_database(session, "UPDATE sign_in SET device = 'otro'")
    assert "permission denied" in await refused_by_database(session, "UPDATE sign_in SET person_id = person_id")
