"""Who takes part in a vote: quorums of the session and of the item, recusals."""

from typing import Any

import pytest

from service.core.db import Session
from service.deliberation import rules, usecases, vote_rules
from service.scoring import usecases as scoring
from service.scoring.shapes import DeclarationIn
from service.scoring.usecases import declare_conflict
from tests.cast import Cast
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.funding import make_cofunder, make_fund, make_pledge, make_signer
from tests.make.people import make_committee
from tests.make.scoring import play_bundle
from tests.make.votes import make_tallied, members, vote_in
from tests.traces import refused_by_database


async def test_a_vote_needs_the_quorum_of_the_session(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    chair, one, two, three, *gone = members(cast)
    for member in gone:
        await usecases.record_departure(session, cast.secretary, row.id, member.person_id)
    with pytest.raises(vote_rules.VoterNotPresent) as refused:
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    assert refused.value.values == {"names": ("Juan Deza Noa", "Juana Espirilla Oré")}
    await usecases.record_vote(session, cast.secretary, row.id, vote_in([chair, one], [two, three]))
    await usecases.record_departure(session, cast.secretary, row.id, three.person_id)
    with pytest.raises(rules.NoQuorum):
        await usecases.record_vote(session, cast.secretary, row.id, vote_in([chair, one, two]))


async def test_who_is_recused_takes_no_part_and_leaves_the_quorum_base(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", skip=[("A", "public", "J5")])
    row = await make_open_session(session, cast, committee, played.contest)
    conflict = DeclarationIn(conflict=True, reason="Es mi cuñada")
    await declare_conflict(session, played.panel["J5"], played.applications["A"].id, conflict)
    await tally_all(session, cast, row)
    about: dict[str, Any] = {"application_id": played.applications["A"].id}
    with pytest.raises(vote_rules.VoterRecused) as refused:
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), **about))
    assert refused.value.values == {"names": ("Juana Espirilla Oré",)}
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)[:5], **about))
    (entry,) = await usecases.list_votes(session, cast.secretary, row.id)
    assert (ballot.appointed, entry.recused) == (5, ("Juana Espirilla Oré",))
    assert "a recused member has no vote" in await refused_by_database(
        session,
        "INSERT INTO vote VALUES (:ballot, :person, 'member', 'against')",
        ballot=ballot.id,
        person=cast.jurors[4].person_id,
    )
    for member in members(cast)[3:5]:
        await usecases.record_departure(session, cast.secretary, row.id, member.person_id)
    three = vote_in(members(cast)[:3], **about)
    assert (await usecases.record_vote(session, cast.secretary, row.id, three)).carried


async def test_a_chair_without_a_seat_is_recused_from_what_the_chair_signs_for(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    item = played.applications["A"]
    fund, company = await make_fund(session, cast), await make_cofunder(session, cast)
    await make_signer(session, cast, company, cast.mayor.person_id)
    await make_signer(session, cast, company, cast.jurors[0].person_id)  # seated, and with a locked sheet: stays in
    await make_pledge(session, cast, fund, company, group_id=item.group_id)
    with pytest.raises(vote_rules.VoterRecused) as refused:
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), application_id=item.id))
    assert refused.value.values == {"names": ("Marcos Champi Sulca",)}
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(cast.jurors, application_id=item.id))
    (entry,) = await usecases.list_votes(session, cast.secretary, row.id)
    assert (ballot.appointed, entry.recused) == (5, ("Marcos Champi Sulca",))
    await announce(session, cast, row)
    gathered = await scoring.gather_bundle(session, played.contest.id)
    assert gathered.bundle.recusals == []
    motion = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    assert motion.appointed == 6


async def test_a_vote_needs_the_quorum_of_its_item_beside_that_of_the_session(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", skip=[("A", "public", juror) for juror in ("J3", "J4", "J5")])
    row = await make_open_session(session, cast, committee, played.contest)
    item = played.applications["A"].id
    for juror in ("J3", "J4", "J5"):
        await declare_conflict(session, played.panel[juror], item, DeclarationIn(conflict=True, reason="Es mi pariente"))
    await tally_all(session, cast, row)
    chair, one, two, *recused = members(cast)
    three = vote_in([chair, one], [two], application_id=item)
    assert (await usecases.record_vote(session, cast.secretary, row.id, three)).appointed == 3
    for member in (one, two):
        await usecases.record_departure(session, cast.secretary, row.id, member.person_id)
    with pytest.raises(vote_rules.NoItemQuorum) as refused:
        await usecases.record_vote(session, cast.secretary, row.id, vote_in([chair], application_id=item))
    assert refused.value.values == {"present": 1, "appointed": 3, "needed": 2}
    assert (await usecases.record_vote(session, cast.secretary, row.id, vote_in([chair, *recused]))).appointed == 6
