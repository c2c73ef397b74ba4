"""Write ``api/rights.csv`` anew from what every route answers now: ``python -m tests.rights.fill``, then read the difference."""

import asyncio
import os
import tempfile
from pathlib import Path

os.environ.setdefault("RAYMI_ENV", "development")
os.environ.setdefault("RAYMI_SECRET_KEY", "a secret that only tests know: 5f2c")
os.environ.setdefault("RAYMI_DATA_KEYS_FILE", str(Path(__file__).parents[1] / "landed" / "data_keys"))
os.environ.setdefault("RAYMI_LOG_LEVEL", "CRITICAL")

from scripts.cluster import UNSAFE_BUT_FAST, Cluster  # the settings above come first
from tests.rights import table
from tests.rights.probe import Row, ask, every_route, opened
from tests.rights.world import filled_world, restored


async def answers(cluster: Cluster) -> list[Row]:
    """What every route answers to everybody."""
    world = await filled_world(cluster)
    async with opened(world.url) as door:
        return [await ask(door, method, path, route, world) for method, path, route in every_route()]


def main() -> None:
    """Restore, ask, write."""
    with tempfile.TemporaryDirectory(prefix="raymi-rights-") as directory:
        Path(directory).chmod(0o755)
        with Cluster(Path(directory), options=UNSAFE_BUT_FAST) as cluster:
            restored(cluster)
            table.write(asyncio.run(answers(cluster)))


if __name__ == "__main__":
    main()
