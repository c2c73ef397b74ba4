"""The analysis of a tallied contest: what its result hangs on, and how far its jurors agree."""

from datetime import datetime
from fractions import Fraction
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from api.routes.quotas import QuotasOut
from service.contests.numbers import amount, exact
from service.core.money import Money
from service.deliberation import usecases as deliberation
from service.deliberation.usecases import ContestAnalysis
from service.scoring.agreement import Agreement
from service.scoring.equal_shares import Shared, SharedLine

router = new_router("results")


class FlipOut(Out):
    """An application whose status or award would differ."""

    application: str
    status: str
    award: Money | None
    other_status: str
    other_award: Money | None


class MethodOut(BaseModel):
    """What would differ if every stage were aggregated so; ``drop`` is how many are left out at each end."""

    method: str
    drop: int
    flips: list[FlipOut]


class WithoutJurorOut(BaseModel):
    """What would differ if the juror had never been seated."""

    juror: str
    flips: list[FlipOut]


class ChangeOut(BaseModel):
    """A smallest change of one sheet total (an exact number) that alters awards: at just this, or a little beyond it."""

    application: str
    stage: str
    juror: str
    change: str
    up: bool
    reached: bool
    altered: list[str]


class LeaningOut(BaseModel):
    """How a juror's totals lie to those of the others, in points of the stage (exact numbers)."""

    juror: str
    sheets: int
    lean: str
    distance: str
    outlying: bool


class AgreementOut(BaseModel):
    """How far the jurors of a stage agree (exact numbers), and their sheet totals by application and juror."""

    stage: str
    full: str
    krippendorff_alpha: str | None
    kendall_w: str | None
    jurors: list[LeaningOut]
    totals: dict[str, dict[str, str]]

    @classmethod
    def of(cls, found: Agreement) -> Self:
        """The answer for a stage."""
        return cls(
            stage=found.stage,
            full=exact(found.full),
            krippendorff_alpha=_exact(found.alpha),
            kendall_w=_exact(found.concordance),
            jurors=[
                LeaningOut(
                    juror=each.juror,
                    sheets=each.sheets,
                    lean=exact(each.lean),
                    distance=exact(each.distance),
                    outlying=each.outlying,
                )
                for each in found.leanings
            ],
            totals={code: {juror: exact(total) for juror, total in panel.items()} for code, panel in found.panels.items()},
        )


class SharedLineOut(BaseModel):
    """An application that passes: what it gets by the rule book, and by equal shares."""

    application: str
    rank: int
    requested: str
    given: str
    shared: str

    @classmethod
    def of(cls, line: SharedLine) -> Self:
        """The answer for a line."""
        return cls(
            application=line.application,
            rank=line.rank,
            requested=amount(line.requested),
            given=amount(line.given),
            shared=amount(line.shared),
        )


class SharedOut(BaseModel):
    """A simulation: the purse by equal shares, raised by ``unit`` per juror at a time while it holds."""

    purse: str
    unit: str
    jurors: int
    lines: list[SharedLineOut]

    @classmethod
    def of(cls, found: Shared) -> Self:
        """The answer for a purse."""
        lines = [SharedLineOut.of(line) for line in found.lines]
        return cls(purse=amount(found.purse), unit=amount(found.unit), jurors=found.jurors, lines=lines)


class AnalysisOut(BaseModel):
    """The analysis of a contest's newest run; ``smallest_changes`` is null where there are too many applications to look."""

    contest_id: UUID
    run_id: UUID
    ran_at: datetime
    inputs_sha256: str
    announced: bool
    provisional: bool
    methods: list[MethodOut]
    without_juror: list[WithoutJurorOut]
    smallest_changes: list[ChangeOut] | None
    agreement: list[AgreementOut]
    equal_shares: SharedOut | None
    quotas: QuotasOut | None


@router.get("/contests/{contest_id}/analysis")
async def get_analysis(session: Work, who: Who, contest_id: UUID) -> AnalysisOut:
    """What a tallied contest's result hangs on; for those who may see its tally."""
    return _answer(await deliberation.analyse_contest(session, who, contest_id))


def _answer(found: ContestAnalysis) -> AnalysisOut:
    analysis = found.analysis
    changes = None
    if analysis.changes is not None:
        changes = [
            ChangeOut(
                application=each.application,
                stage=each.stage,
                juror=each.juror,
                change=exact(each.change),
                up=each.up,
                reached=each.reached,
                altered=list(each.altered),
            )
            for each in analysis.changes
        ]
    return AnalysisOut(
        contest_id=found.contest.id,
        run_id=found.run.id,
        ran_at=found.run.ran_at,
        inputs_sha256=found.run.inputs_sha256,
        announced=found.announced,
        provisional=found.run.provisional,
        methods=[
            MethodOut(method=each.method, drop=each.drop, flips=[FlipOut.of(flip) for flip in flips])
            for each, flips in analysis.methods.items()
        ],
        without_juror=[
            WithoutJurorOut(juror=juror, flips=[FlipOut.of(flip) for flip in flips]) for juror, flips in analysis.jurors.items()
        ],
        smallest_changes=changes,
        agreement=[AgreementOut.of(each) for each in analysis.agreements],
        equal_shares=None if analysis.shared is None else SharedOut.of(analysis.shared),
        quotas=None if analysis.quotas is None else QuotasOut.of(analysis.quotas),
    )


def _exact(number: Fraction | None) -> str | None:
    return None if number is None else exact(number)
