"""Everything that decided a contest, as a ZIP of plain files that anybody can judge again."""

import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, Response

from api.deps import Anyone, Work, new_router
from api.files import PACKED
from service.contests.usecases import get_contest
from service.deliberation.export import export_announced, export_run
from service.deliberation.run_checks import get_run

router = new_router("results")


@router.get("/contests/{contest_id}/bundle", response_class=Response, responses=PACKED)
async def get_bundle(session: Work, who: Anyone, contest_id: UUID) -> Response:
    """The bundle of an announced contest (format in docs/bundle.md), with its result and the decisions beside it: for everybody."""
    contest = await get_contest(session, who, contest_id)
    return await _packed(contest.code, lambda folder: export_announced(session, contest_id, folder))


@router.get("/runs/{run_id}/bundle", response_class=Response, responses=PACKED)
async def get_run_bundle(session: Work, who: Anyone, run_id: UUID) -> Response:
    """The bundle that a run judged, with its result: of one that is not announced for who may see it, to compute it again."""
    found = await get_run(session, who, run_id)
    return await _packed(found.contest.code, lambda folder: export_run(session, run_id, folder))


async def _packed(name: str, export: Callable[[Path], Awaitable[object]]) -> Response:
    """What is exported into a folder, as one file that is gone once it is sent."""
    place = Path(tempfile.mkdtemp(prefix="raymi-bundle-"))
    folder, file = place / "bundle", place / "bundle.zip"
    try:
        folder.mkdir()
        await export(folder)
        await run_in_threadpool(_pack, folder, file)
    except BaseException:
        shutil.rmtree(place)
        raise
    done = BackgroundTask(shutil.rmtree, place)
    return FileResponse(file, media_type="application/zip", filename=f"{name}.zip", background=done)


def _pack(folder: Path, file: Path) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for each in sorted(folder.iterdir()):
            packed.write(each, each.name)
