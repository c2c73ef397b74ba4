"""Files in requests: beside the other fields, so that the Idempotency-Key covers them."""

from pydantic import Base64Bytes, BaseModel

from service.core.text import Line


class UploadIn(BaseModel, extra="forbid"):
    """A file: its name, and its content in Base64."""

    name: Line
    content: Base64Bytes
