"""What is done with panels, conflicts and sheets: one door to the files of each noun."""

from service.scoring.assignments import assign_juror, assignments_of, call_in, end_assignment, list_assignments, roster
from service.scoring.divisions import divide_stage, divided_stages, plan_division
from service.scoring.export import export_bundle
from service.scoring.gather import Gathered, gather_bundle
from service.scoring.inputs import inputs_sha256
from service.scoring.panels import (
    book_of,
    close_window,
    list_seats,
    open_window,
    reopen_window,
    seat_juror,
    seated,
    seats_of,
    windows_of,
)
from service.scoring.queries import (
    LockedSheet,
    SheetView,
    WorkItem,
    WrittenLine,
    list_sheets,
    missing_sheets,
    my_sheets,
    sheet_for,
)
from service.scoring.recusals import declare_conflict, find_recusals, list_recusals, recuse_by_ruling, recuse_juror, ties_to
from service.scoring.sealing import SHUT, Opening, all_in, list_openings, reveal, sealed_of, stands_at
from service.scoring.sheets import lock_by_ruling, lock_scoresheet, open_sheet, record_absence, save_draft, supersede_scoresheet

__all__ = [
    "SHUT",
    "Gathered",
    "LockedSheet",
    "Opening",
    "SheetView",
    "WorkItem",
    "WrittenLine",
    "all_in",
    "assign_juror",
    "assignments_of",
    "book_of",
    "call_in",
    "close_window",
    "declare_conflict",
    "divide_stage",
    "divided_stages",
    "end_assignment",
    "export_bundle",
    "find_recusals",
    "gather_bundle",
    "inputs_sha256",
    "list_assignments",
    "list_openings",
    "list_recusals",
    "list_seats",
    "list_sheets",
    "lock_by_ruling",
    "lock_scoresheet",
    "missing_sheets",
    "my_sheets",
    "open_sheet",
    "open_window",
    "plan_division",
    "record_absence",
    "recuse_by_ruling",
    "recuse_juror",
    "reopen_window",
    "reveal",
    "roster",
    "save_draft",
    "sealed_of",
    "seat_juror",
    "seated",
    "seats_of",
    "sheet_for",
    "stands_at",
    "supersede_scoresheet",
    "ties_to",
    "windows_of",
]
