import pytest

from silkreel.people.actors import NotYours, SecondFactorRequired
from silkreel.people.audit import Wanted, read_log
from silkreel.people.brands import HOUSE
from silkreel.people.four_eyes import ChangedSince, OnlyByPerson, OwnWork, Work, settled, sign


def signed(team, work, by, right="story.approve", seen="h1"):
    with team.database.transaction() as tx:
        return sign(tx, work, right=right, seen_hash=seen, by=by, reason="reads well")


def test_somebody_else_approves_and_the_log_says_so(team):
    mei, lin = team.hire("mei", "writer"), team.hire("lin", "reviewer")
    work = Work("script:abc", "h1", frozenset({mei}))
    yes = signed(team, work, team.acting(lin))
    assert settled(work, [yes])
    with team.database.reading() as tx:
        (row,) = read_log(tx, HOUSE, Wanted("four_eyes"))
    assert (row.actor_name, row.subject, row.reason) == ("lin", "script:abc", "reads well")


def test_nobody_approves_what_they_had_a_hand_in(team):
    mei, lin = team.hire("mei", "owner"), team.hire("lin", "owner")
    work = Work("script:abc", "h1", frozenset({mei, lin}))
    for each in (mei, lin):
        with pytest.raises(OwnWork):
            signed(team, work, team.acting(each))


def test_an_approval_is_of_what_was_seen(team):
    mei = team.acting(team.hire("mei", "owner"))
    with pytest.raises(ChangedSince):
        signed(team, Work("script:abc", "h2", frozenset()), mei, seen="h1")
    yes = signed(team, Work("script:abc", "h1", frozenset()), mei)
    assert not settled(Work("script:abc", "h2", frozenset()), [yes])
    assert not settled(Work("script:other", "h1", frozenset()), [yes])


def test_the_right_is_needed_with_its_second_factor(team):
    work = Work("adjustment:1", "h1", frozenset())
    with pytest.raises(NotYours):
        signed(team, work, team.acting(team.hire("mei", "writer")), right="money.approve")
    zoe = team.hire("zoe", "finance")
    with pytest.raises(SecondFactorRequired):
        signed(team, work, team.acting(zoe, second_factor=False), right="money.approve")
    assert settled(work, [signed(team, work, team.acting(zoe), right="money.approve")])


def test_a_program_approves_nothing(team):
    with pytest.raises(OnlyByPerson):
        signed(team, Work("script:abc", "h1", frozenset()), team.machine)


def test_two_signatures_are_of_two_people_and_no_makers(team):
    mei, lin = (team.acting(team.hire(name, "owner")) for name in ("mei", "lin"))
    work = Work("adjustment:1", "h1", frozenset())
    first, again, other = (signed(team, work, who) for who in (mei, mei, lin))
    assert not settled(work, [first, again], needed=2)
    assert settled(work, [first, again, other], needed=2)
    turned_maker = Work("adjustment:1", "h1", frozenset({lin.id}))
    assert not settled(turned_maker, [first, other], needed=2)
