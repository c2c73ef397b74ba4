"""The words of the rights table: who somebody is to a contest, where it stands, and all that is done."""

from enum import StrEnum, auto


class Role(StrEnum):
    """What a person may be in an office or in the whole programme."""

    PROGRAMME = "programme"  # sets up offices, funds, committees, rule books
    OFFICE_HEAD = "office_head"  # signs contracts, requests and authorises payments
    SECRETARY = "secretary"  # runs applications and sessions of the committee
    ADMINISTRATOR = "administrator"  # prepares payments
    TREASURER = "treasurer"  # releases bank files
    PROMOTER = "promoter"  # registers groups, rolls and reports
    AUDITOR = "auditor"  # reads everything, changes nothing
    SYSTEM = "system"  # creates offices and the people who run them


class Relation(StrEnum):
    """What a person is to one contest or session, without holding an office."""

    JUROR = "juror"  # has a seat in the contest
    MEMBER = "member"  # is or was appointed to the committee, or is entered as present
    CHAIR = "chair"  # is present in the session as its chair
    APPLICANT = "applicant"  # is on the board of the group that applies, or of the family
    PANEL = "panel"  # is named to hear an appeal
    COFUNDER = "cofunder"  # signs for the cofunder concerned
    EVERYBODY = "everybody"  # also who is not signed in


class Phase(StrEnum):
    """Where a contest stands, by the dates of its call, its sheets and the announcement of its result; computed, never stored."""

    DRAFT = "draft"  # being written
    UPCOMING = "upcoming"  # published, filing has not begun
    OPEN = "open"  # filing is open
    CLOSED = "closed"  # filing is over: files are examined, scored and heard
    TALLIED = "tallied"  # every sheet is in and its stage closed; before that scores are their juror's alone
    ANNOUNCED = "announced"  # the result is announced
    DECIDED = "decided"  # the minutes are signed


class Act(StrEnum):
    """What is done, named as the use case that does it; ``READ_...`` is a kind of thing to read."""

    # The country, the programme, its people
    IMPORT_INDICATORS = auto()
    CREATE_NEC = auto()
    READ_NECS = auto()
    CREATE_OFFICE = auto()
    GRANT_ROLE = auto()
    GRANT_SYSTEM = auto()
    SET_SIGN_IN = auto()
    READ_MESSAGES = auto()
    RETRY_MESSAGE = auto()
    NAME_DEPUTY = auto()
    CONFIRM_DEPUTY = auto()
    READ_DUTIES = auto()
    CREATE_COMMITTEE = auto()
    APPOINT_MEMBER = auto()
    END_APPOINTMENT = auto()
    CREATE_PERSON = auto()
    CORRECT_PERSON = auto()
    CORRECT_OFFICER = auto()
    READ_OFFICE = auto()
    READ_HEALTH = auto()
    READ_IDENTITY = auto()
    READ_LATEST_ACTS = auto()

    # Groups
    CREATE_GROUP = auto()
    RECORD_REGISTRATION = auto()
    ADD_MANDATE = auto()
    END_MANDATE = auto()
    REGISTER_FAMILIES = auto()
    UPLOAD_ROLL = auto()
    ENTER_ROLL = auto()
    DISCARD_ROLL = auto()
    DISTINGUISH = auto()
    READ_LIKENESSES = auto()
    PROPOSE_ACCOUNT = auto()
    DECIDE_ACCOUNT = auto()
    READ_ACCOUNT_DIGITS = auto()
    ISSUE_GROUP_CODE = auto()
    READ_STANDING = auto()

    # Programs that call the API
    CREATE_KEY = auto()
    END_KEY = auto()
    READ_KEYS = auto()

    # Calls, contests, rule books
    CREATE_CALL = auto()
    CREATE_CONTEST = auto()
    CLONE_CONTEST = auto()
    WRITE_RULES = auto()
    WRITE_QUESTIONS = auto()
    REHEARSE = auto()
    PUBLISH_CALL = auto()
    ANNOUNCE_CALL = auto()
    REVISE_RULES = auto()
    READ_CONTEST = auto()

    # Money that is there to be awarded
    CREATE_FUND = auto()
    ASSIGN_FUND = auto()
    CREATE_COFUNDER = auto()
    APPOINT_SIGNER = auto()
    END_SIGNER = auto()
    READ_PLEDGE = auto()
    DECLARE_PLEDGE = auto()
    SETTLE_PLEDGE = auto()
    RECORD_DEPOSIT = auto()
    READ_COFUNDING = auto()

    # Applications
    REGISTER_APPLICATION = auto()
    REPLACE_BUDGET = auto()
    ANSWER_QUESTIONS = auto()
    ADD_PAPER = auto()
    FILE_APPLICATION = auto()
    CORRECT_APPLICATION = auto()
    WITHDRAW_APPLICATION = auto()
    RETURN_APPLICATION = auto()
    DECIDE_ELIGIBILITY = auto()
    RECORD_ATTRIBUTE = auto()
    CONFIRM_FOR_GROUP = auto()
    READ_APPLICATION = auto()

    # Panels and sheets
    RUN_PANEL = auto()
    RECUSE_JUROR = auto()
    DECLARE_CONFLICT = auto()
    CHECK_PRESENCE = auto()
    KEEP_SAMPLES = auto()
    CALIBRATE = auto()
    READ_CALIBRATION = auto()
    FILL_SHEET = auto()
    PRINT_SHEET = auto()
    TYPE_SHEET = auto()
    READ_SEATS = auto()
    READ_SHEETS = auto()

    # Sessions
    CONVENE_SESSION = auto()
    LEAD_SESSION = auto()
    RECORD_ABSENCE = auto()
    STEP_OUT = auto()
    WRITE_MINUTES = auto()
    SIGN_MINUTES = auto()
    READ_SESSION = auto()
    READ_TALLY = auto()
    READ_ANALYSIS = auto()
    READ_RESULT = auto()
    CHECK_RUN = auto()

    # Appeals
    FILE_APPEAL = auto()
    NAME_PANEL = auto()
    HEAR_APPEAL = auto()
    SETTLE_APPEAL = auto()
    READ_APPEAL = auto()

    # Contracts
    DRAFT_CONTRACT = auto()
    NUMBER_CONTRACT = auto()
    REGISTER_SCAN = auto()
    CONFIRM_SCAN = auto()
    READ_SCANS = auto()
    ANNUL_CONTRACT = auto()
    SUSPEND_CONTRACT = auto()
    RESUME_CONTRACT = auto()
    TERMINATE_CONTRACT = auto()
    WRITE_OFF_CONTRACT = auto()

    # Payments
    RECORD_OWN_DEPOSIT = auto()
    REQUEST_PAYMENT = auto()
    CHECK_REQUEST = auto()
    REFUSE_REQUEST = auto()
    AUTHORISE_REQUEST = auto()
    REISSUE_ORDER = auto()
    PREPARE_BATCH = auto()
    RELEASE_BATCH = auto()
    WITHDRAW_BATCH = auto()
    READ_BANK_ANSWER = auto()
    READ_CONTEST_LEDGER = auto()

    # Accounts rendered
    SUBMIT_REPORT = auto()
    DECIDE_REPORT = auto()
    REQUEST_SECOND_TRANCHE = auto()
    RECORD_REFUND = auto()
    LIQUIDATE_CONTRACT = auto()
    COMPLETE_DONATION = auto()
    PUBLISH_REPORT = auto()

    # The record, and what is kept of people
    ERASE_PAYLOADS = auto()
    ANSWER_DATA_REQUEST = auto()
    EXPORT_PERSON = auto()
    REPORT_INCIDENT = auto()
    READ_INCIDENTS = auto()
    SETTLE_INCIDENT = auto()
