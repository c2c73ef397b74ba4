"""The rights table: who may do what, and in which phases of a contest.

Use cases, pages, the API and exports all ask here; nothing else says which role may do something. A right belongs to roles of the
office concerned (or of the programme), or to a relation to the contest. Rows of one act add up. What a right cannot say is said where
it happens: that two acts need two persons, or that a sheet is one's own.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from service.core.acts import Act, Phase, Relation, Role

Holder = Role | Relation


@dataclass(frozen=True, slots=True)
class Right:
    """A row: ``holders`` may do ``act`` in ``phases``. Of what belongs to no contest, the phase is not asked.

    A right that is held ``unless_juror`` is not held by who has a seat in the contest, whatever else that person is.
    """

    act: Act
    holders: tuple[Holder, ...]
    phases: tuple[Phase, ...] = tuple(Phase)
    unless_juror: bool = False


OFFICE: tuple[Holder, ...] = tuple(Role)
_SETTERS = (Role.SYSTEM, Role.PROGRAMME)
_REGISTRARS = (Role.PROMOTER, Role.SECRETARY, Role.PROGRAMME, Role.SYSTEM)
_FILERS = (Role.PROMOTER, Role.SECRETARY)
_EXAMINERS = (Role.SECRETARY, Role.OFFICE_HEAD)
_SCANNERS = (Role.SECRETARY, Role.OFFICE_HEAD, Role.ADMINISTRATOR)
_CHECKERS = (Role.SECRETARY, Role.OFFICE_HEAD, Role.ADMINISTRATOR, Role.PROGRAMME, Relation.MEMBER)
_HEADS = (Role.OFFICE_HEAD, Role.PROGRAMME)
_ACCOUNT_READERS = (Role.OFFICE_HEAD, Role.ADMINISTRATOR, Role.TREASURER, Role.PROGRAMME, Role.AUDITOR)
_IDENTITY_READERS = (
    *_REGISTRARS,
    Role.OFFICE_HEAD,
    Role.ADMINISTRATOR,
    Role.TREASURER,
    Role.AUDITOR,
)
_KEEPERS = (Role.SECRETARY, Role.OFFICE_HEAD, Role.ADMINISTRATOR, Role.PROGRAMME, Role.AUDITOR, Role.SYSTEM)
_SHEET_READERS = (Role.SECRETARY, Role.OFFICE_HEAD, Role.AUDITOR, Role.PROGRAMME)

_FILING = (Phase.UPCOMING, Phase.OPEN)
_JUDGING = (Phase.UPCOMING, Phase.OPEN, Phase.CLOSED, Phase.TALLIED)
_SHOWN = (Phase.ANNOUNCED, Phase.DECIDED)
_PUBLISHED = (*_JUDGING, *_SHOWN)

RIGHTS: tuple[Right, ...] = (
    Right(Act.IMPORT_INDICATORS, (Role.PROGRAMME, Role.SYSTEM)),
    Right(Act.CREATE_NEC, _SETTERS),
    Right(Act.READ_NECS, (*_SETTERS, Role.AUDITOR)),
    Right(Act.CREATE_OFFICE, _SETTERS),
    Right(Act.GRANT_ROLE, _SETTERS),
    Right(Act.GRANT_SYSTEM, (Role.SYSTEM,)),
    Right(Act.SET_SIGN_IN, _SETTERS),
    Right(Act.READ_MESSAGES, _SETTERS),
    Right(Act.RETRY_MESSAGE, _SETTERS),
    Right(Act.NAME_DEPUTY, tuple(role for role in Role if role != Role.SYSTEM)),
    Right(Act.CONFIRM_DEPUTY, _SETTERS),
    Right(Act.READ_DUTIES, (*_SETTERS, Role.OFFICE_HEAD, Role.AUDITOR)),
    Right(Act.CREATE_COMMITTEE, (Role.PROGRAMME,)),
    Right(Act.APPOINT_MEMBER, (Role.PROGRAMME,)),
    Right(Act.END_APPOINTMENT, (Role.PROGRAMME,)),
    Right(Act.CREATE_PERSON, _REGISTRARS),
    Right(Act.CORRECT_PERSON, _REGISTRARS),
    Right(Act.CORRECT_OFFICER, _SETTERS),
    Right(Act.READ_OFFICE, OFFICE),
    Right(Act.READ_HEALTH, (Role.SYSTEM,)),
    Right(Act.READ_IDENTITY, _IDENTITY_READERS),
    Right(Act.READ_LATEST_ACTS, (Role.AUDITOR,)),
    Right(Act.CREATE_GROUP, _REGISTRARS),
    Right(Act.RECORD_REGISTRATION, _REGISTRARS),
    Right(Act.ADD_MANDATE, _REGISTRARS),
    Right(Act.END_MANDATE, _REGISTRARS),
    Right(Act.REGISTER_FAMILIES, _REGISTRARS),
    Right(Act.UPLOAD_ROLL, _REGISTRARS),
    Right(Act.ENTER_ROLL, _REGISTRARS),
    Right(Act.DISCARD_ROLL, _REGISTRARS),
    Right(Act.DISTINGUISH, _REGISTRARS),
    Right(Act.READ_LIKENESSES, _REGISTRARS),
    Right(Act.PROPOSE_ACCOUNT, (Role.PROMOTER, Role.SECRETARY, Role.ADMINISTRATOR, Role.OFFICE_HEAD)),
    Right(Act.DECIDE_ACCOUNT, (Role.ADMINISTRATOR, Role.OFFICE_HEAD)),
    Right(Act.READ_ACCOUNT_DIGITS, _ACCOUNT_READERS),
    Right(Act.ISSUE_GROUP_CODE, (Role.PROMOTER, Role.SECRETARY, Role.OFFICE_HEAD, Relation.APPLICANT)),
    Right(Act.READ_STANDING, (*OFFICE, Relation.APPLICANT)),
    Right(Act.CREATE_KEY, (*_KEEPERS, Relation.COFUNDER)),
    Right(Act.END_KEY, (*_HEADS, Role.SYSTEM)),
    Right(Act.READ_KEYS, (*_HEADS, Role.SYSTEM, Role.AUDITOR)),
    Right(Act.CREATE_CALL, (Role.PROGRAMME,)),
    Right(Act.CREATE_CONTEST, (Role.PROGRAMME,), (Phase.DRAFT,)),
    Right(Act.CLONE_CONTEST, (Role.PROGRAMME,)),
    Right(Act.WRITE_RULES, (Role.PROGRAMME,), (Phase.DRAFT, *_JUDGING)),
    Right(Act.WRITE_QUESTIONS, (Role.PROGRAMME,), (Phase.DRAFT,)),
    Right(Act.REHEARSE, (Role.PROGRAMME,), (Phase.DRAFT, *_JUDGING)),
    Right(Act.PUBLISH_CALL, (Role.PROGRAMME,), (Phase.DRAFT,)),
    Right(Act.ANNOUNCE_CALL, (Role.PROGRAMME, Role.SECRETARY), _PUBLISHED),
    Right(Act.REVISE_RULES, (Role.PROGRAMME,), _JUDGING),
    Right(Act.READ_CONTEST, OFFICE, (Phase.DRAFT,)),
    Right(Act.READ_CONTEST, (Relation.EVERYBODY,), _PUBLISHED),
    Right(Act.CREATE_FUND, (Role.PROGRAMME,)),
    Right(Act.ASSIGN_FUND, (Role.PROGRAMME,), (Phase.DRAFT, *_JUDGING, Phase.ANNOUNCED)),
    Right(Act.CREATE_COFUNDER, (Role.PROGRAMME,)),
    Right(Act.APPOINT_SIGNER, (Role.PROGRAMME,)),
    Right(Act.END_SIGNER, (Role.PROGRAMME,)),
    Right(Act.READ_PLEDGE, (*OFFICE, Relation.COFUNDER)),
    Right(Act.DECLARE_PLEDGE, (Role.SECRETARY, Role.PROMOTER, Role.OFFICE_HEAD, Role.ADMINISTRATOR, Role.PROGRAMME)),
    Right(Act.SETTLE_PLEDGE, (Role.ADMINISTRATOR,)),
    Right(Act.RECORD_DEPOSIT, (Role.ADMINISTRATOR,)),
    Right(Act.READ_COFUNDING, (Relation.COFUNDER,)),
    Right(Act.REGISTER_APPLICATION, _FILERS, _FILING),
    Right(Act.REPLACE_BUDGET, _FILERS, _FILING),
    Right(Act.ANSWER_QUESTIONS, _FILERS, _JUDGING),
    Right(Act.ADD_PAPER, _FILERS, _JUDGING),
    Right(Act.FILE_APPLICATION, _FILERS, (Phase.OPEN,)),
    Right(Act.CORRECT_APPLICATION, _FILERS, (Phase.OPEN, Phase.CLOSED, Phase.TALLIED)),
    Right(Act.WITHDRAW_APPLICATION, _FILERS, (*_JUDGING, Phase.ANNOUNCED)),
    Right(Act.RETURN_APPLICATION, _EXAMINERS, _JUDGING),
    Right(Act.DECIDE_ELIGIBILITY, _EXAMINERS, _JUDGING),
    Right(Act.RECORD_ATTRIBUTE, _EXAMINERS, _JUDGING),
    Right(Act.CONFIRM_FOR_GROUP, _FILERS, (Phase.OPEN, Phase.CLOSED, Phase.TALLIED)),
    Right(Act.READ_APPLICATION, OFFICE),
    Right(Act.RUN_PANEL, (Role.SECRETARY,), _JUDGING),
    Right(Act.RECUSE_JUROR, (Role.SECRETARY,), _JUDGING),
    Right(Act.DECLARE_CONFLICT, (Relation.JUROR,), _JUDGING),
    Right(Act.CHECK_PRESENCE, (*_FILERS, Relation.JUROR), _JUDGING),
    Right(Act.KEEP_SAMPLES, (Role.SECRETARY, Role.PROGRAMME), _JUDGING),
    Right(Act.CALIBRATE, (Relation.JUROR,), _JUDGING),
    Right(Act.READ_CALIBRATION, (*OFFICE, Relation.JUROR), _PUBLISHED),
    Right(Act.FILL_SHEET, (Relation.JUROR,), _JUDGING),
    Right(Act.PRINT_SHEET, (Role.SECRETARY, Relation.JUROR), _JUDGING),
    Right(Act.TYPE_SHEET, (Role.SECRETARY, Role.PROMOTER, Role.ADMINISTRATOR), _JUDGING, unless_juror=True),
    Right(Act.READ_SEATS, (*OFFICE, Relation.JUROR), _PUBLISHED),
    Right(Act.READ_SHEETS, _SHEET_READERS, (Phase.TALLIED,), unless_juror=True),
    Right(Act.READ_SHEETS, (*_SHEET_READERS, Relation.JUROR), _SHOWN),
    Right(Act.CONVENE_SESSION, (Role.SECRETARY,), _JUDGING),
    Right(Act.LEAD_SESSION, (Role.SECRETARY,)),
    Right(Act.RECORD_ABSENCE, (Role.SECRETARY, Relation.CHAIR), _JUDGING),
    Right(Act.STEP_OUT, (Role.SECRETARY, Relation.MEMBER)),
    Right(Act.WRITE_MINUTES, (Role.SECRETARY,)),
    Right(Act.SIGN_MINUTES, (Relation.MEMBER,)),
    Right(Act.READ_SESSION, (*OFFICE, Relation.MEMBER)),
    Right(Act.READ_TALLY, OFFICE, (Phase.TALLIED, *_SHOWN), unless_juror=True),
    Right(Act.READ_ANALYSIS, (*OFFICE, Relation.CHAIR), (Phase.TALLIED,), unless_juror=True),
    Right(Act.READ_ANALYSIS, OFFICE, _SHOWN),
    Right(Act.READ_ANALYSIS, (Relation.CHAIR,), _SHOWN, unless_juror=True),
    Right(Act.READ_RESULT, (Relation.EVERYBODY,), _SHOWN),
    Right(Act.CHECK_RUN, _CHECKERS, (Phase.TALLIED, *_SHOWN), unless_juror=True),
    Right(Act.FILE_APPEAL, (*_FILERS, Relation.APPLICANT), _SHOWN),
    Right(Act.NAME_PANEL, _HEADS, _SHOWN),
    Right(Act.HEAR_APPEAL, (Relation.PANEL,), _SHOWN),
    Right(Act.SETTLE_APPEAL, (Role.SECRETARY,), _SHOWN),
    Right(Act.READ_APPEAL, (*OFFICE, Relation.PANEL, Relation.APPLICANT), _SHOWN),
    Right(Act.DRAFT_CONTRACT, (Role.SECRETARY, Role.OFFICE_HEAD)),
    Right(Act.NUMBER_CONTRACT, (Role.OFFICE_HEAD,)),
    Right(Act.REGISTER_SCAN, _SCANNERS),
    Right(Act.CONFIRM_SCAN, _SCANNERS),
    Right(Act.READ_SCANS, (*_ACCOUNT_READERS, Role.SECRETARY)),
    Right(Act.ANNUL_CONTRACT, _HEADS),
    Right(Act.SUSPEND_CONTRACT, _HEADS),
    Right(Act.RESUME_CONTRACT, _HEADS),
    Right(Act.TERMINATE_CONTRACT, _HEADS),
    Right(Act.WRITE_OFF_CONTRACT, _HEADS),
    Right(Act.RECORD_OWN_DEPOSIT, (Role.ADMINISTRATOR,)),
    Right(Act.REQUEST_PAYMENT, (Role.OFFICE_HEAD,)),
    Right(Act.CHECK_REQUEST, (Role.ADMINISTRATOR,)),
    Right(Act.REFUSE_REQUEST, (Role.ADMINISTRATOR, Role.PROGRAMME)),
    Right(Act.AUTHORISE_REQUEST, (Role.PROGRAMME,)),
    Right(Act.REISSUE_ORDER, (Role.ADMINISTRATOR, Role.PROGRAMME)),
    Right(Act.PREPARE_BATCH, (Role.ADMINISTRATOR,)),
    Right(Act.RELEASE_BATCH, (Role.TREASURER,)),
    Right(Act.WITHDRAW_BATCH, (Role.ADMINISTRATOR, Role.TREASURER)),
    Right(Act.READ_BANK_ANSWER, (Role.ADMINISTRATOR,)),
    Right(Act.READ_CONTEST_LEDGER, OFFICE),
    Right(Act.READ_CONTEST_LEDGER, (Relation.EVERYBODY,), (Phase.DECIDED,)),
    Right(Act.SUBMIT_REPORT, (Role.PROMOTER, Role.OFFICE_HEAD)),
    Right(Act.DECIDE_REPORT, (Role.ADMINISTRATOR, Role.OFFICE_HEAD)),
    Right(Act.REQUEST_SECOND_TRANCHE, (Role.OFFICE_HEAD,), (Phase.OPEN,)),
    Right(Act.RECORD_REFUND, (Role.ADMINISTRATOR,)),
    Right(Act.LIQUIDATE_CONTRACT, (Role.OFFICE_HEAD,)),
    Right(Act.COMPLETE_DONATION, (Role.OFFICE_HEAD,)),
    Right(Act.PUBLISH_REPORT, OFFICE),
    Right(Act.ERASE_PAYLOADS, _SETTERS),
    Right(Act.ANSWER_DATA_REQUEST, _SETTERS),
    Right(Act.EXPORT_PERSON, _SETTERS),
    Right(Act.REPORT_INCIDENT, (Relation.EVERYBODY,)),
    Right(Act.READ_INCIDENTS, (*_SETTERS, Role.AUDITOR)),
    Right(Act.SETTLE_INCIDENT, _SETTERS),
)

FRESH = frozenset(
    {
        Act.GRANT_ROLE,
        Act.GRANT_SYSTEM,
        Act.SET_SIGN_IN,
        Act.NAME_DEPUTY,
        Act.CONFIRM_DEPUTY,
        Act.PROPOSE_ACCOUNT,
        Act.DECIDE_ACCOUNT,
        Act.SIGN_MINUTES,
        Act.NUMBER_CONTRACT,
        Act.CONFIRM_SCAN,
        Act.AUTHORISE_REQUEST,
        Act.RELEASE_BATCH,
        Act.ERASE_PAYLOADS,
        Act.EXPORT_PERSON,
        Act.CREATE_KEY,
    }
)
"""Acts so grave that the person shows a second factor again right before (OWASP ASVS 5.0, 7.5.3)."""

FOR_KEYS = frozenset(
    {
        Act.IMPORT_INDICATORS,
        Act.READ_OFFICE,
        Act.READ_HEALTH,
        Act.READ_LATEST_ACTS,
        Act.READ_DUTIES,
        Act.CREATE_PERSON,
        Act.CREATE_GROUP,
        Act.RECORD_REGISTRATION,
        Act.ADD_MANDATE,
        Act.REGISTER_FAMILIES,
        Act.UPLOAD_ROLL,
        Act.READ_STANDING,
        Act.READ_CONTEST,
        Act.READ_PLEDGE,
        Act.DECLARE_PLEDGE,
        Act.READ_COFUNDING,
        Act.REGISTER_APPLICATION,
        Act.REPLACE_BUDGET,
        Act.ANSWER_QUESTIONS,
        Act.ADD_PAPER,
        Act.READ_APPLICATION,
        Act.READ_SEATS,
        Act.READ_SESSION,
        Act.READ_RESULT,
        Act.READ_ANALYSIS,
        Act.READ_APPEAL,
        Act.READ_CONTEST_LEDGER,
        Act.SUBMIT_REPORT,
        Act.PUBLISH_REPORT,
    }
)
"""What a key may be given: to read, and to bring in what other systems hold. Nothing that judges, decides, signs or moves money,
and no full account number: for these a person is present."""


def holders(act: Act, phase: Phase | None = None) -> tuple[Holder, ...]:
    """Who may do it, in a phase or (None) in any, in the table's order."""
    return tuple(dict.fromkeys(holder for row in _rows(act, phase) for holder in row.holders))


def phases(act: Act) -> tuple[Phase, ...]:
    """When it may be done, by anybody."""
    found = {phase for row in _rows(act, None) for phase in row.phases}
    return tuple(phase for phase in Phase if phase in found)


def permits(act: Act, who: Collection[Holder], phase: Phase | None = None) -> bool:
    """Whether somebody who is all of ``who`` may do it in that phase; in any where ``phase`` is None."""
    return any(
        (Relation.EVERYBODY in row.holders or any(each in row.holders for each in who))
        and not (row.unless_juror and Relation.JUROR in who)
        for row in _rows(act, phase)
    )


def _rows(act: Act, phase: Phase | None) -> Iterator[Right]:
    return (row for row in _BY_ACT[act] if phase is None or phase in row.phases)


_BY_ACT: dict[Act, list[Right]] = {act: [row for row in RIGHTS if row.act == act] for act in Act}
