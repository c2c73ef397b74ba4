"""The register of what is kept of people (Law 29733, article 18: people are told): what, why, on what ground, how long.

It is the one list: ``/privacy`` prints it, an export follows its tables, an erasure measures by its years. Every table with a column that
says whose row it is stands in it once; columns that say who did something (``decided_by``) belong to ``ACTS``.
"""

from dataclasses import dataclass

CLAIMS = 10
"""Years after which a personal claim lapses (Civil Code, article 2001, 1): until then signatures, accounts and who was paid may be disputed."""

UNSUCCESSFUL = 2
"""Years for what came to no contract (ours): a group may ask why, and apply again without bringing everything anew."""

TECHNICAL = 1
"""Years for devices of sign-ins and ends of telephone numbers (ours): as long as somebody may find out about a stolen telephone late."""

DRAFTS = 30
"""Days for a file of families that nobody entered (ours): nobody comes back to it after a month."""


@dataclass(frozen=True)
class Kept:
    """One line of the register; texts are English keys of the catalogues. ``tables`` hold it, each with a column that says whose it is."""

    what: str
    why: str
    ground: str
    how_long: str
    readers: str
    tables: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, str, str, str, str]:
        """What a reader is told, in the order of the fields."""
        return self.what, self.why, self.ground, self.how_long, self.readers


_TASK = "Public task and contract: Law 29733, article 14 (1) and (5)"
_OPEN = "Public task; the result of a public award is public: Law 27806, article 3"
_SAFE = "Security of what is kept: Law 29733, article 9"
_CLAIMS = "10 years after the last contract of the group or the last act of the person (Civil Code, article 2001); 2 years where nothing was awarded"
_FOR_GOOD = "For good, as part of the programme's archive (Law 25323)"
_OFFICE = "The person's own office, the programme, auditors"

IDENTITY = Kept(
    "Names, DNI, sex, date of birth, mobile number",
    "To know who applies, decides, signs and receives, and that nobody does so twice",
    _TASK,
    _CLAIMS,
    _OFFICE,
)
ACTS = Kept(
    "Who did what and when",
    "To prove afterwards that nobody changed or invented anything",
    _TASK,
    "The proof for good; what it says of a person as long as the person's names",
    "Auditors; each person the own acts",
)

REGISTER: tuple[Kept, ...] = (
    IDENTITY,
    Kept(
        "Families and boards of groups",
        "To award to families that exist, and to sign with those who may",
        _TASK,
        _CLAIMS,
        _OFFICE,
        ("family_member", "board_mandate", "distinct_persons"),
    ),
    Kept(
        "Roles, appointments, deputies, signers of cofunders",
        "To know who may decide what, and keep duties apart",
        _TASK,
        _CLAIMS,
        "Offices, auditors; committees are public",
        ("role_grant", "appointment", "deputy", "cofunder_signer"),
    ),
    Kept(
        "User names, passkeys, codes, browsers that were signed in",
        "That nobody acts in another's name",
        _SAFE,
        "While the person signs in; devices 1 year after the sign-in ended",
        "The person alone",
        (
            "credential",
            "sign_in",
            "passkey",
            "code_app",
            "recovery_code",
            "invitation",
            "oidc_identity",
            "oidc_attempt",
        ),
    ),
    Kept(
        "Messages to telephones",
        "To bring invitations and codes",
        _TASK,
        "The text until it is sent; the last three digits 1 year",
        "The programme",
        ("message",),
    ),
    Kept(
        "Seats, conflicts of interest, scores, attendance, votes, appeals",
        "To show that an award was decided by the rules and by nobody's relatives",
        _OPEN,
        _FOR_GOOD,
        "Committees and offices; results, scores and minutes everybody after the announcement",
        (
            "seat",
            "conflict_declaration",
            "recusal",
            "score_draft",
            "vote_recusal",
            "attendance",
            "vote",
            "appeal_panelist",
            "appeal_remedy",
            "minutes_signature",
            "resolution_signature",
            "signature_refusal",
        ),
    ),
    Kept(
        "Contracts, receipts, minutes and scans with names, DNI and signatures",
        "To bind both sides, and to account for public money",
        _OPEN,
        _FOR_GOOD,
        "The parties, the office, auditors; minutes everybody",
    ),
    Kept(
        "Requests about one's own data, and their answers",
        "To answer in time, and to prove it",
        "Duty: Law 29733, articles 18 to 22",
        _CLAIMS,
        "The programme; each person the own ones",
        ("data_request", "person_erasure"),
    ),
    Kept(
        "Files of families that were uploaded and not entered",
        "To look at them before they are entered",
        _TASK,
        "30 days",
        _OFFICE,
    ),
    ACTS,
)
