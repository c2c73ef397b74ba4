"""The invariants, each computed anew from the data on a path of its own: an SQL statement or a function that finds what is wrong.

A check says nothing where all is well. ``run_checks`` runs them all; the tests plant a fault for each.
"""

from service.transparency.checks.run import CHECKS, Finding, run_checks

__all__ = ["CHECKS", "Finding", "run_checks"]
