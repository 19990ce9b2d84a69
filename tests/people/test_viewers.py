import uuid

import pytest
import sqlalchemy as sa

from silkreel.people.brands import HOUSE
from silkreel.people.tables import BrandRow, ViewerAliasRow, ViewerIdentityRow, ViewerRow
from silkreel.people.viewers import (
    CannotMerge,
    Identity,
    IdentityTaken,
    account_of,
    make_account,
    merge,
    new_guest,
    survivor,
)

MAIL = Identity(HOUSE, "mail", "mei@example.org")


def guest(team, brand=HOUSE):
    with team.database.transaction() as tx:
        return new_guest(tx, brand, team.at)


def account(team, identity=MAIL):
    made = guest(team)
    with team.database.transaction() as tx:
        make_account(tx, made, identity, team.at)
    return made


def found(team, viewer, brand=HOUSE):
    with team.database.reading() as tx:
        return survivor(tx, viewer, brand)


def test_a_guest_is_a_random_uuid(team):
    first, second = guest(team), guest(team)
    assert uuid.UUID(first).version == 4
    assert first != second
    assert found(team, first) == first
    assert found(team, str(uuid.uuid4())) is None


def test_a_guest_that_signs_in_first_becomes_the_account(team):
    mei = account(team)
    with team.database.reading() as tx:
        assert account_of(tx, MAIL) == mei
        assert tx.get_one(ViewerRow, mei).kind == "account"
        assert account_of(tx, Identity("night", "mail", MAIL.subject)) is None


def test_an_identity_belongs_to_one_viewer(team):
    mei, other = account(team), guest(team)
    with pytest.raises(IdentityTaken), team.database.transaction() as tx:
        make_account(tx, other, MAIL, team.at)
    with team.database.transaction() as tx:
        make_account(tx, mei, MAIL, team.at)  # twice is once
        make_account(tx, mei, Identity(HOUSE, "passkey", "1"), team.at)
    with team.database.reading() as tx:
        assert tx.scalar(sa.select(sa.func.count()).select_from(ViewerIdentityRow)) == 2


def test_a_merge_leaves_one_row_and_old_cookies_lead_to_it(team):
    mei, phone, tablet = account(team), guest(team), guest(team)
    for each in (phone, tablet, phone):
        with team.database.transaction() as tx:
            assert merge(tx, each, mei, team.at) == mei
    with team.database.reading() as tx:
        assert tx.scalars(sa.select(ViewerRow.id)).all() == [mei]
    assert found(team, phone) == found(team, tablet) == mei


def test_only_guests_are_merged_and_only_inside_their_brand(team):
    with team.database.transaction() as tx:
        tx.add(BrandRow(id="night", name="N", domains=[], second_factor="money", made_at=team.at))
    mei, lin = account(team), account(team, Identity(HOUSE, "mail", "lin@example.org"))
    elsewhere = guest(team, "night")
    for former, into in ((lin, mei), (elsewhere, mei), (str(uuid.uuid4()), mei)):
        with pytest.raises(CannotMerge), team.database.transaction() as tx:
            merge(tx, former, into, team.at)
    assert found(team, elsewhere, HOUSE) is None
    with pytest.raises(IdentityTaken), team.database.transaction() as tx:
        make_account(tx, elsewhere, Identity(HOUSE, "mail", "new@example.org"), team.at)


def test_a_merge_fails_where_a_room_still_holds_something_of_the_guest(team):
    """Any row that points at the guest stands in the way, as another room's would."""
    mei, phone, earlier = account(team), guest(team), guest(team)
    with team.database.transaction() as tx:
        tx.add(
            ViewerIdentityRow(
                brand_id=HOUSE, provider="x", subject="1", viewer_id=phone, known_since=team.at
            )
        )
    with pytest.raises(sa.exc.IntegrityError), team.database.transaction() as tx:
        merge(tx, phone, mei, team.at)
    assert found(team, phone) == phone
    assert found(team, earlier) == earlier


def test_a_guest_merged_into_a_guest_follows_it_further(team):
    mei, phone, tablet = account(team), guest(team), guest(team)
    with team.database.transaction() as tx:
        merge(tx, tablet, phone, team.at)
        merge(tx, phone, mei, team.at)
        assert tx.scalar(sa.select(sa.func.count()).select_from(ViewerAliasRow)) == 2
    assert found(team, tablet) == mei
