"""Seats, conflicts, sheets and the judge."""
