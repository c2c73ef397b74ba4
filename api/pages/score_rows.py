"""The criteria of a stage as rows of a form, with what was written and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile

from api.pages.calls import label


def score_rows(
    book: Mapping[str, Any], stage: str, language: str, values: Mapping[str, Any], errors: Mapping[str, str]
) -> list[dict[str, Any]]:
    """A row for each criterion, in the order of the rule book."""
    return [
        {
            "code": row["code"],
            "label": label(row, language),
            "criterion": row,
            "value": values.get(row["code"], ""),
            "error": errors.get(row["code"]) or errors.get(f"scores.{row['code']}"),
        }
        for each in book["stages"]
        if each["code"] == stage
        for row in each["criteria"]
    ]


def scores_in(data: FormData) -> dict[str, str]:
    """What was written by criterion; names that begin with ``_`` are no criteria."""
    written = {name: value.strip() for name, value in data.items() if not isinstance(value, UploadFile)}
    return {name: value for name, value in written.items() if value and not name.startswith("_")}
