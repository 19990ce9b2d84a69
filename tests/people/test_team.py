import threading

import pytest
import sqlalchemy as sa

from silkreel.people.actors import NotYours, SecondFactorRequired
from silkreel.people.audit import Wanted, read_log, verify
from silkreel.people.brands import HOUSE, brand_at, set_second_factor_rule
from silkreel.people.invitations import LIFE, LinkSpent, accept, invite, look_at, reset
from silkreel.people.roles import NoSuchRole, every_right, read_rolebook, rights_of, rolebook
from silkreel.people.sessions import present
from silkreel.people.sign_in import NotRecognised
from silkreel.people.staff import (
    BadStaffName,
    LastOwner,
    MoreThanYourOwn,
    NameTaken,
    NoRoles,
    NoSuchPerson,
    NotYourself,
    WorksElsewhere,
    add_person,
    change_roles,
    disable_person,
    enable_person,
    find_person,
    list_people,
)
from silkreel.people.tables import BrandRow, GrantRow, InvitationRow, StaffRow


def actions(team):
    with team.database.reading() as tx:
        assert verify(tx).intact
        return [row.action for row in reversed(read_log(tx, None, Wanted()))]


def add_brand(team, brand_id, *domains):
    with team.database.transaction() as tx:
        tx.add(
            BrandRow(
                id=brand_id, name=brand_id.title(), domains=list(domains),
                second_factor="optional", made_at=team.at,
            )
        )  # fmt: skip


def work_for(team, staff_id, brand_id, role):
    with team.database.transaction() as tx:
        tx.add(GrantRow(staff_id=staff_id, brand_id=brand_id, role=role, granted_at=team.at))


def test_the_roles_name_rights_that_exist():
    book = rolebook()
    assert {"owner", "operator", "writer", "editor", "reviewer"} <= set(book.roles)
    assert {"finance", "support"} <= set(book.roles)
    assert rights_of(["owner"]) == every_right()
    assert rights_of(["writer", "gone"]) == book.roles["writer"].rights
    assert "story.approve" not in book.roles["writer"].rights
    with pytest.raises(ValueError, match="fly"):
        read_rolebook({"rights": {}, "roles": {"x": {"title": "X", "rights": ["fly"]}}})


def test_somebody_joins_by_a_link_and_signs_in(team):
    with team.database.transaction() as tx:
        person = add_person(tx, "Mei", shown_name=" Mei Lin ", roles=["writer"], by=team.machine)
        token = invite(tx, person.id, by=team.machine)
    assert (person.name, person.shown_name, person.state) == ("mei", "Mei Lin", "invited")
    assert isinstance(team.sign_in("mei"), NotRecognised)
    with team.database.transaction() as tx:
        assert look_at(tx, token, team.at).joins
        accept(tx, token, team.password_hash, brand_id=HOUSE, at=team.at)
    assert isinstance(team.sign_in("mei"), str)
    with team.database.reading() as tx:
        assert [each.state for each in list_people(tx, HOUSE)] == ["active"]
    assert actions(team) == [
        "staff.added", "staff.link", "door.refused", "staff.joined", "door.in",
    ]  # fmt: skip


def test_a_link_works_once(team):
    mei = team.hire("mei", "writer")
    with team.database.transaction() as tx:
        token = invite(tx, mei, by=team.machine)
        accept(tx, token, team.password_hash, brand_id=HOUSE, at=team.at)
    with pytest.raises(LinkSpent), team.database.transaction() as tx:
        accept(tx, token, "another hash", brand_id=HOUSE, at=team.at)
    with team.database.reading() as tx:
        assert tx.get_one(StaffRow, mei).password_hash == team.password_hash


def test_a_link_used_twice_at_once_works_once(team):
    with team.database.transaction() as tx:
        person = add_person(tx, "mei", roles=["writer"], by=team.machine)
        token = invite(tx, person.id, by=team.machine)
    told = []

    def use(n):
        try:
            with team.database.transaction() as tx:
                accept(tx, token, f"hash {n}", brand_id=HOUSE, at=team.at)
            told.append(n)
        except LinkSpent:
            pass

    threads = [threading.Thread(target=use, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1


def test_old_replaced_unknown_and_disabled_links_open_nothing(team):
    mei = team.hire("mei", "writer")
    with team.database.transaction() as tx:
        replaced = invite(tx, mei, by=team.machine)
        token = invite(tx, mei, by=team.machine)
    with team.database.reading() as tx:
        for bad in (replaced, "unknown", ""):
            with pytest.raises(LinkSpent):
                look_at(tx, bad, team.at)
        look_at(tx, token, team.at + LIFE)
        with pytest.raises(LinkSpent):
            look_at(tx, token, team.at + 1.01 * LIFE)
    with team.database.transaction() as tx:
        disable_person(tx, mei, by=team.machine)
    with pytest.raises(LinkSpent), team.database.reading() as tx:
        look_at(tx, token, team.at)


def test_only_a_links_hash_is_kept(team):
    mei = team.hire("mei", "writer")
    with team.database.transaction() as tx:
        token = invite(tx, mei, by=team.machine)
        kept = tx.scalars(sa.select(InvitationRow.token_hash)).all()
        rows = read_log(tx, None, Wanted())
    assert token not in kept
    assert token not in str([(row.after, row.before, row.subject) for row in rows])


def test_using_a_link_ends_every_session(team):
    mei = team.hire("mei", "writer")
    session = team.sign_in("mei")
    with team.database.transaction() as tx:
        token = invite(tx, mei, by=team.machine)
        accept(tx, token, team.password_hash, brand_id=HOUSE, at=team.at)
        assert present(tx, session, HOUSE, team.at, "") is None


def test_reset_takes_password_sessions_and_throttle_away(team):
    mei = team.hire("mei", "writer")
    session = team.sign_in("mei")
    for _ in range(6):
        team.sign_in("mei", "wrong")
    with team.database.transaction() as tx:
        token = reset(tx, mei, by=team.machine)
        assert present(tx, session, HOUSE, team.at, "") is None
    assert isinstance(team.sign_in("mei"), NotRecognised)
    with team.database.transaction() as tx:
        accept(tx, token, team.password_hash, brand_id=HOUSE, at=team.at)
    assert isinstance(team.sign_in("mei"), str)


def test_names_are_one_whatever_their_case(team):
    team.hire("Mei", "writer")
    for name in ("mei", "MEI", "ｍｅｉ"):
        with pytest.raises(NameTaken), team.database.transaction() as tx:
            add_person(tx, name, roles=["writer"], by=team.machine)
    for name in ("m", "mei lin", "x" * 65, "a\x00b", ""):
        with pytest.raises(BadStaffName), team.database.transaction() as tx:
            add_person(tx, name, roles=["writer"], by=team.machine)


def test_a_role_that_is_none_is_refused(team):
    with pytest.raises(NoSuchRole, match="king"), team.database.transaction() as tx:
        add_person(tx, "mei", roles=["king"], by=team.machine)
    with pytest.raises(NoRoles), team.database.transaction() as tx:
        add_person(tx, "mei", roles=[], by=team.machine)


def test_a_writer_manages_nobody(team):
    mei, lin = team.hire("mei", "writer"), team.hire("lin", "writer")
    mei = team.acting(mei)
    attempts = (
        lambda tx: add_person(tx, "new", roles=["writer"], by=mei),
        lambda tx: change_roles(tx, lin, ["writer"], by=mei),
        lambda tx: disable_person(tx, lin, by=mei),
        lambda tx: enable_person(tx, lin, by=mei),
        lambda tx: invite(tx, lin, by=mei),
        lambda tx: reset(tx, lin, by=mei),
        lambda tx: set_second_factor_rule(tx, "optional", by=mei),
    )
    for attempt in attempts:
        with pytest.raises(NotYours), team.database.transaction() as tx:
            attempt(tx)


def test_nobody_gives_more_than_they_have(team):
    owner = team.hire("owner", "owner")
    operator = team.acting(team.hire("operator", "operator"))
    team.hire("second", "operator")
    attempts = (
        lambda tx: add_person(tx, "new", roles=["owner"], by=operator),
        lambda tx: add_person(tx, "new", roles=["finance"], by=operator),
        lambda tx: change_roles(tx, owner, ["operator"], by=operator),
        lambda tx: disable_person(tx, owner, by=operator),
        lambda tx: reset(tx, owner, by=operator),
        lambda tx: invite(tx, owner, by=operator),
        lambda tx: change_roles(
            tx, find_person(tx, "second", HOUSE).id, ["operator", "finance"], by=operator
        ),
    )
    for attempt in attempts:
        with pytest.raises(MoreThanYourOwn), team.database.transaction() as tx:
            attempt(tx)
    assert "staff.roles" not in actions(team)


def test_nobody_raises_or_disables_themselves(team):
    mei = team.hire("mei", "owner")
    team.hire("lin", "owner")
    actor = team.acting(mei)
    for attempt in (
        lambda tx: change_roles(tx, mei, ["owner", "finance"], by=actor),
        lambda tx: disable_person(tx, mei, by=actor),
        lambda tx: reset(tx, mei, by=actor),
        lambda tx: invite(tx, mei, by=actor),
    ):
        with pytest.raises(NotYourself), team.database.transaction() as tx:
            attempt(tx)


def test_roles_change_at_once_in_sessions_that_are_open(team):
    mei = team.hire("mei", "writer")
    session = team.sign_in("mei")
    with team.database.transaction() as tx:
        change_roles(tx, mei, ["support"], by=team.machine)
    with team.database.reading() as tx:
        found = present(tx, session, HOUSE, team.at, "")
        (row,) = read_log(tx, HOUSE, Wanted("staff.roles"))
    assert found.roles == ("support",)
    assert not found.actor.may("story.edit")
    assert (row.before, row.after) == ({"roles": ["writer"]}, {"roles": ["support"]})


def test_a_disabled_person_is_out_at_once_and_may_come_back(team):
    mei = team.hire("mei", "writer")
    session = team.sign_in("mei")
    with team.database.transaction() as tx:
        assert disable_person(tx, mei, by=team.machine).state == "disabled"
        disable_person(tx, mei, by=team.machine)  # twice is once
    with team.database.reading() as tx:
        assert present(tx, session, HOUSE, team.at, "") is None
    assert isinstance(team.sign_in("mei"), NotRecognised)
    with team.database.transaction() as tx:
        enable_person(tx, mei, by=team.machine)
    assert isinstance(team.sign_in("mei"), str)
    assert actions(team).count("staff.disabled") == 1


def test_the_last_owner_stays(team):
    mei = team.hire("mei", "owner")
    with team.database.transaction() as tx:
        add_person(tx, "invited", roles=["owner"], by=team.machine)  # has never signed in
    for attempt in (
        lambda tx: disable_person(tx, mei, by=team.machine),
        lambda tx: change_roles(tx, mei, ["writer"], by=team.machine),
    ):
        with pytest.raises(LastOwner), team.database.transaction() as tx:
            attempt(tx)
    team.hire("lin", "owner")
    with team.database.transaction() as tx:
        disable_person(tx, mei, by=team.machine)


def test_two_owners_cannot_remove_each_other_at_once(team):
    mei, lin = team.hire("mei", "owner"), team.hire("lin", "owner")
    actors = [(team.acting(mei), lin), (team.acting(lin), mei)]
    refused = []

    def remove(by, other):
        try:
            with team.database.transaction() as tx:
                disable_person(tx, other, by=by)
        except LastOwner:
            refused.append(other)

    threads = [threading.Thread(target=remove, args=pair) for pair in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    with team.database.reading() as tx:
        assert sorted(each.state for each in list_people(tx, HOUSE)) == ["active", "disabled"]


def test_teams_of_two_brands_know_nothing_of_each_other(team):
    add_brand(team, "night", "night.example")
    owner = team.acting(team.hire("owner", "owner"))
    theirs = team.hire("zoe", "writer")
    work_for(team, theirs, "night", "writer")
    with team.database.transaction() as tx:
        tx.execute(
            sa.delete(GrantRow).where(GrantRow.staff_id == theirs, GrantRow.brand_id == HOUSE)
        )
    with team.database.reading() as tx:
        assert [each.name for each in list_people(tx, HOUSE)] == ["owner"]
        assert [each.name for each in list_people(tx, "night")] == ["zoe"]
        with pytest.raises(NoSuchPerson):
            find_person(tx, "zoe", HOUSE)
    with pytest.raises(NoSuchPerson), team.database.transaction() as tx:
        disable_person(tx, theirs, by=owner)
    assert isinstance(team.sign_in("zoe"), NotRecognised)  # at this brand's door


def test_one_brands_owner_cannot_become_somebody_of_another(team):
    add_brand(team, "night")
    owner = team.acting(team.hire("owner", "owner"))
    both = team.hire("both", "writer")
    work_for(team, both, "night", "writer")
    for verb in (invite, reset, disable_person, enable_person):
        with pytest.raises(WorksElsewhere), team.database.transaction() as tx:
            verb(tx, both, by=owner)
    with team.database.transaction() as tx:
        disable_person(tx, both, by=team.machine)


def test_a_request_comes_to_the_brand_of_its_host(team):
    add_brand(team, "night", "night.example")
    with team.database.reading() as tx:
        assert brand_at(tx, "Night.Example:8420").id == "night"
        assert brand_at(tx, "other.example").id == HOUSE
        assert brand_at(tx, "").id == HOUSE


@pytest.mark.parametrize(
    ("rule", "kept", "withheld"),
    [
        ("optional", {"story.edit", "money.refund"}, set()),
        ("money", {"story.edit"}, {"money.refund"}),
        ("everyone", set(), {"story.edit", "money.refund"}),
    ],
)
def test_the_brand_says_what_needs_a_second_factor(team, rule, kept, withheld):
    owner = team.acting(team.hire("owner", "owner"))
    mei = team.hire("mei", "writer", "support")
    with team.database.transaction() as tx:
        set_second_factor_rule(tx, rule, by=owner)
    plain = team.acting(mei, second_factor=False)
    both = {"story.edit", "money.refund"}
    assert plain.rights & both == kept
    assert plain.withheld & both == withheld
    for right in withheld:
        with pytest.raises(SecondFactorRequired):
            plain.need(right)
    assert team.acting(mei, second_factor=True).rights >= both
