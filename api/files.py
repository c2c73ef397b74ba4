"""Sending stored files: as attachments, never shown in our own pages' name."""

from urllib.parse import quote

from starlette.responses import Response

from service.documents.models import StoredFile


def attachment(file: StoredFile) -> Response:
    """A stored file to download, under its own name."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "ETag": f'"{file.sha256}"',
    }
    return Response(file.content, media_type=file.media_type, headers=headers)


def unkept(pdf: bytes, name: str) -> Response:
    """A paper with a secret on it, to download: no cache keeps it."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return Response(pdf, media_type="application/pdf", headers=headers)
