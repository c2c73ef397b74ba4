"""The code of a paper sheet, who may print and type it, and when two typings agree.

paper:  printed --type--> typed once --agree--> locked
                          typed once --differ--> differed --type--> typed once
"""

import re
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from service.contests.book import Stage
from service.contests.criteria import Criterion, Levels
from service.contests.numbers import exact, read_number
from service.core.errors import Conflict, Forbidden, Rejected
from service.scoring import rules
from service.scoring.panel_rules import require_reason
from service.scoring.paper_models import PaperStatus
from service.scoring.rules import Access, WrittenScore

REASON = "reason"
"""How the reason of a correction is named among the criteria in which two typings differ."""


class PaperAction(StrEnum):
    """What moves a paper sheet."""

    TYPE = "type"
    AGREE = "agree"
    DIFFER = "differ"


PAPER_LIFE = {
    (PaperStatus.PRINTED, PaperAction.TYPE): PaperStatus.TYPED_ONCE,
    (PaperStatus.TYPED_ONCE, PaperAction.AGREE): PaperStatus.LOCKED,
    (PaperStatus.TYPED_ONCE, PaperAction.DIFFER): PaperStatus.DIFFERED,
    (PaperStatus.DIFFERED, PaperAction.TYPE): PaperStatus.TYPED_ONCE,
}


class MistypedCode(Rejected):
    """The check digits of the code do not hold."""

    message = "The code “{code}” is mistyped: its check digits do not hold. Look at the paper and type all ten digits again."


class UnknownPaper(Rejected):
    """No sheet of the typist's offices was printed with this code."""

    message = "No sheet of your office was printed with the code “{code}”. Look at the paper, or ask which office printed it."


class TypistIsJuror(Forbidden):
    """A juror neither types the own paper nor sees those of others."""

    message = "You are a juror of this contest. Two other persons of the office type its paper sheets."


class SameTypist(Conflict):
    """The first typing was by the same person."""

    message = "You have typed this sheet. Another person of the office types it now, without seeing what you typed."


class PaperLocked(Conflict):
    """The paper has become a locked sheet."""

    message = "This paper sheet is typed and locked. A correction is a further sheet, which the juror fills in."


class JurorUndeclared(Conflict):
    """The juror has not declared on the applicant, so there is no file to score."""

    message = "The juror has not declared yet whether there is a conflict of interest. Ask for the declaration first."


class JurorIsAbsent(Conflict):
    """The minutes hold the juror's absence."""

    message = "The minutes record this juror as absent for this application. No sheet can be taken in."


class JurorHasNoSheet(Conflict):
    """There is no locked sheet to correct."""

    message = "This juror has no locked sheet here to correct. Print a first sheet instead."


class CorrectedMeanwhile(Conflict):
    """The paper corrects a sheet that another has superseded."""

    message = "The sheet that this paper corrects was corrected meanwhile. Print a new correction, which the juror fills in."


class ReasonNotAsked(Rejected):
    """Only a correction has a reason."""

    message = "This paper is a first sheet, which corrects nothing. Leave the reason empty."


class ControlSumDiffers(Rejected):
    """What was typed does not add up to the control sum on the paper."""

    message = (
        "The scores that you typed add up to {sum}, not to the control sum of the paper. Compare each line with the paper."
    )


def code_of(serial: int) -> str:
    """Eight digits with the two check digits of ISO 7064 MOD 97-10, which find every wrong digit and every swap of two."""
    return f"{serial:08d}{98 - serial * 100 % 97:02d}"


def require_code(typed: str) -> str:
    """The ten digits of a code, typed with or without blanks and hyphens. Raises ``MistypedCode``."""
    digits = re.sub(r"[\s-]", "", typed)
    if not re.fullmatch(r"[0-9]{10}", digits, re.ASCII) or int(digits) % 97 != 1:
        raise MistypedCode("code", code=typed)
    return digits


def grouped(code: str) -> str:
    """A code as papers and pages show it: ``1234-5678-42``."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def require_may_print(access: Access, *, correcting: bool = False) -> None:
    """A sheet is printed for a juror who could still score it, or correct the locked one.

    Raises ``JurorNotSeated``, ``NotJudged``, ``JurorRecused``, ``JurorUndeclared``, ``JurorIsAbsent``, ``JurorHasSheet``
    (``JurorHasNoSheet`` for a correction), ``WindowClosed``.
    """
    if not access.seated:
        raise rules.JurorNotSeated("person_id")
    if not access.judged:
        raise rules.NotJudged
    if access.recused:
        raise rules.JurorRecused
    if not access.declared:
        raise JurorUndeclared
    if access.absent:
        raise JurorIsAbsent
    if access.locked and not correcting:
        raise rules.JurorHasSheet
    if correcting and not access.locked:
        raise JurorHasNoSheet
    rules.require_not_closed(access.window)


def require_may_type(access: Access, *, correcting: bool = False) -> None:
    """A paper is typed while its juror could lock the sheet. Raises what ``require_may_print`` does, and ``WindowNotOpen``."""
    require_may_print(access, correcting=correcting)
    rules.require_open(access.window)


def require_correction(corrects_id: UUID | None, live_id: UUID | None, reason: str | None) -> None:
    """A correction is of the sheet that counts, and has a reason; a first sheet has none.

    Raises ``ReasonNotAsked``, ``CorrectedMeanwhile``, ``PanelReasonMissing``.
    """
    if corrects_id is None:
        if reason is not None:
            raise ReasonNotAsked("reason")
        return
    if corrects_id != live_id:
        raise CorrectedMeanwhile
    require_reason(reason or "")


def require_typist(status: PaperStatus, typist: UUID, jurors: Collection[UUID], before: Collection[UUID]) -> None:
    """Neither a juror of the contest nor who typed it in this round. Raises ``TypistIsJuror``, ``PaperLocked``, ``SameTypist``."""
    if typist in jurors:
        raise TypistIsJuror
    if status == PaperStatus.LOCKED:
        raise PaperLocked
    if typist in before:
        raise SameTypist


def require_control_sum(read: Sequence[WrittenScore], control_sum: str | None) -> None:
    """The points add up to the control sum, where the paper has one. Raises ``ControlSumDiffers``."""
    total = sum((score.points for score in read if score.points is not None), Fraction())
    if control_sum is not None and read_number(control_sum) != total:
        raise ControlSumDiffers("control_sum", sum=exact(total))


def differing(stage: Stage, first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    """The criteria in which two whole typings differ, in the order of the sheet; the numbers ``8`` and ``8.0`` are alike."""
    return [code for code, criterion in stage.criteria.items() if not _alike(criterion, first[code], second[code])]


def alike_words(one: str | None, other: str | None) -> bool:
    """Whether two typings of one handwritten text say the same: letters and digits alone are compared, small and capital alike."""
    return [char for char in (one or "").casefold() if char.isalnum()] == [
        char for char in (other or "").casefold() if char.isalnum()
    ]


def _alike(criterion: Criterion, one: str, other: str) -> bool:
    number = None if isinstance(criterion, Levels) else read_number(one)
    return one == other or (number is not None and number == read_number(other))
