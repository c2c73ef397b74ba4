"""Districts with their UBIGEO codes, to look one up by its name."""

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.templating import page
from service.territory.usecases import search_districts

router = new_router("districts")


@router.get("/districts")
async def find_districts(request: Request, session: Work, _who: Who, search: str = "") -> Response:
    """Districts whose name holds a text, or whose code begins with it."""
    rows = await search_districts(session, search[:100])
    return page(request, "pages/districts.html", rows=rows, search=search[:100])
