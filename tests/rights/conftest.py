"""The filled world, and a door to it whose every request is undone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from scripts.cluster import Cluster
from tests.rights.probe import Door, opened
from tests.rights.world import World, filled_world, restored


@pytest.fixture(scope="session")
def filled(cluster: Cluster) -> World:
    """The landed database upgraded, with a second office and somebody for each column."""
    restored(cluster)
    return asyncio.run(filled_world(cluster))


@pytest.fixture
async def door(filled: World) -> AsyncIterator[Door]:
    """The application on one connection, in which nothing is ever committed."""
    async with opened(filled.url) as made:
        yield made
