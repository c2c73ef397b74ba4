"""The application with two planted faults, as a careless route would have them: what the hand corpus has to find."""

from sqlalchemy import text

from api.app import create_app
from api.deps import Who, Work, new_router

router = new_router("planted")


@router.get("/api/v1/planted/{number}")
async def by_number(session: Work, _who: Who, number: int) -> int:
    """A number of the path goes to the database as it is."""
    return int(await session.scalar(text("SELECT CAST(:number AS integer)"), {"number": number}) or 0)


@router.post("/api/v1/planted")
async def by_text(session: Work, _who: Who, given: dict[str, str]) -> str:
    """A text of the body goes to the database as it is."""
    return str(await session.scalar(text("SELECT CAST(:name AS text)"), {"name": given.get("name", "")}))


app = create_app()
app.include_router(router)
