"""What is done with sessions, rankings, minutes and awards: one door to the files of each noun."""

from service.deliberation.analysis import ContestAnalysis, analyse_contest
from service.deliberation.attendance import quorum_of, record_arrival, record_departure
from service.deliberation.awards import award_of, awards_of
from service.deliberation.decisions import adjust_amount, defer_application
from service.deliberation.export import export_announced, export_run
from service.deliberation.minutes import close_minutes, edit_minutes, publish_minutes, sign_minutes
from service.deliberation.presentations import (
    call_presentation,
    close_presentation,
    draw_order,
    hear_defence,
    record_absence,
    take_turn_back,
)
from service.deliberation.queries import (
    MinutesView,
    PresentationEntry,
    RankedLine,
    Ranking,
    SessionEntry,
    get_minutes,
    get_narrative,
    get_ranking,
    get_session,
    list_attendance,
    list_contests_of,
    list_contests_to_decide,
    list_presentations,
    list_sessions,
    my_sessions,
    session_of,
)
from service.deliberation.ranking import announce, announced_run, latest_run, ranked_in, reopen, tally
from service.deliberation.run_checks import RunView, check_run, get_run
from service.deliberation.session_view import AbsenceEntry, PanelSeat, SessionView, view_session
from service.deliberation.sessions import convene_session, hand_out_field_results, number_of, open_session
from service.deliberation.vote_queries import decisions_on, list_majorities, list_votes
from service.deliberation.vote_recusals import step_out
from service.deliberation.votes import correct_vote, record_vote, set_majority

__all__ = [
    "AbsenceEntry",
    "ContestAnalysis",
    "MinutesView",
    "PanelSeat",
    "PresentationEntry",
    "RankedLine",
    "Ranking",
    "RunView",
    "SessionEntry",
    "SessionView",
    "adjust_amount",
    "analyse_contest",
    "announce",
    "announced_run",
    "award_of",
    "awards_of",
    "call_presentation",
    "check_run",
    "close_minutes",
    "close_presentation",
    "convene_session",
    "correct_vote",
    "decisions_on",
    "defer_application",
    "draw_order",
    "edit_minutes",
    "export_announced",
    "export_run",
    "get_minutes",
    "get_narrative",
    "get_ranking",
    "get_run",
    "get_session",
    "hand_out_field_results",
    "hear_defence",
    "latest_run",
    "list_attendance",
    "list_contests_of",
    "list_contests_to_decide",
    "list_majorities",
    "list_presentations",
    "list_sessions",
    "list_votes",
    "my_sessions",
    "number_of",
    "open_session",
    "publish_minutes",
    "quorum_of",
    "ranked_in",
    "record_absence",
    "record_arrival",
    "record_departure",
    "record_vote",
    "reopen",
    "session_of",
    "set_majority",
    "sign_minutes",
    "step_out",
    "take_turn_back",
    "tally",
    "view_session",
]
