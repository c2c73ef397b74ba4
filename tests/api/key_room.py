"""What tests of keys share: how keys are made, and how refusals read."""

from typing import Any

import httpx

from tests.api.conftest import Client


async def made(client: Client, acts: list[str], **more: Any) -> dict[str, Any]:
    """A new client with its key, as the API answers."""
    answer = await client.post("/api/v1/keys", json={"name": "Sistema municipal", "acts": acts, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def title(answer: httpx.Response) -> tuple[int, str]:
    """The status of a refusal and its name."""
    return answer.status_code, answer.json()["title"]
