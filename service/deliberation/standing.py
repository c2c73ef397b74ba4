"""Which awards stand, as a condition of queries here and in areas above."""

from sqlalchemy import select
from sqlmodel import col

from service.deliberation.appeal_models import AwardRevocation
from service.deliberation.models import Award

STANDS = ~select(AwardRevocation).where(col(AwardRevocation.award_id) == col(Award.id)).exists()
"""Of awards: not taken back by a resolution."""
