"""Sending stored files: as attachments, never shown in our own pages' name."""

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from service.documents.models import StoredFile

FILE: dict[int | str, dict[str, Any]] = {200: {"description": "The file, as an attachment.", "content": {"*/*": {}}}}
PACKED = FILE | {206: {"description": "A part of it."}, 416: {"description": "It has no such part."}}
NOT_DRAWN: dict[int | str, dict[str, Any]] = {202: {"description": "The paper was asked for and is not drawn yet."}}
"""What routes that give files say of themselves in the OpenAPI document."""


def attachment(file: StoredFile) -> Response:
    """A stored file to download, under its own name."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{file.sha256}"',
    }
    return Response(file.content, media_type=file.media_type, headers=headers)


def secret(file: StoredFile) -> Response:
    """A stored file that no cache and no answer to a repeated request keeps."""
    answer = attachment(file)
    del answer.headers["ETag"]
    answer.headers["Cache-Control"] = "no-store"
    return answer


def unkept(pdf: bytes, name: str) -> Response:
    """A paper with a secret on it, to download: no cache keeps it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)
