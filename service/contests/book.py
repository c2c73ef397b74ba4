"""The rule book as this area knows it."""

from service.scoring.book import RuleBook, Stage, parse
from service.scoring.criteria import Bands, Criterion, Levels, Points
from service.scoring.decision import PassMark, Ranking

__all__ = ["Bands", "Criterion", "Levels", "PassMark", "Points", "Ranking", "RuleBook", "Stage", "parse"]
