"""The quotas of a purse with their effect, as answers."""

from typing import Self

from pydantic import BaseModel

from api.routes.answers import Out
from service.contests.numbers import exact
from service.core.money import Money
from service.scoring.quotas import QuotaEffect


class QuotaOut(BaseModel):
    """A quota: its share (exact) of the purse, the amount kept, who was funded through it, and what was left of it."""

    attribute: str
    value: str
    share: str
    kept: Money
    funded: list[str]
    left: Money


class QuotaFlipOut(Out):
    """An application whose outcome or award would differ without the quotas."""

    application: str
    status: str
    award: Money | None
    other_status: str
    other_award: Money | None


class QuotasOut(BaseModel):
    """Every quota, and who is approved only because of them (``gained``) or would have had more without them (``lost``)."""

    quotas: list[QuotaOut]
    gained: list[QuotaFlipOut]
    lost: list[QuotaFlipOut]

    @classmethod
    def of(cls, effect: QuotaEffect) -> Self:
        """The answer for a result."""
        return cls(
            quotas=[
                QuotaOut(
                    attribute=use.quota.attribute,
                    value=use.quota.value,
                    share=exact(use.quota.share),
                    kept=use.kept,
                    funded=list(use.funded),
                    left=use.left,
                )
                for use in effect.uses
            ],
            gained=[QuotaFlipOut.of(flip) for flip in effect.gained],
            lost=[QuotaFlipOut.of(flip) for flip in effect.lost],
        )
