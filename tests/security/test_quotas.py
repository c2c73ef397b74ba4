"""How much may be kept: of an application's papers, and of one person's files within an hour."""

import pytest

from api import uploads
from service.applications import rules
from service.core.db import Session
from service.core.throttle import count


def test_an_application_holds_so_many_papers_and_no_more() -> None:
    rules.require_room(rules.MOST_PAPERS - 1, rules.HEAVIEST_PAPERS - 1)
    for papers, size in ((rules.MOST_PAPERS, 0), (1, rules.HEAVIEST_PAPERS)):
        with pytest.raises(rules.TooManyPapers, match="60 papers already, or 150 MB"):
            rules.require_room(papers, size)


async def test_files_of_a_person_are_counted(session: Session) -> None:
    allowances = [await count(session, "files:test", 2, uploads.WITHIN) for _ in range(3)]
    assert [each.is_spent for each in allowances] == [False, False, True]
