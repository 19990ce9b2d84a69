import uuid

import pytest
import sqlalchemy as sa
from fastapi import APIRouter
from starlette.testclient import TestClient

from silkreel.kit.clock import now
from silkreel.people.brands import HOUSE
from silkreel.people.tables import BrandRow, ViewerRow
from silkreel.people.viewer_sessions import end_all_places, open_place
from silkreel.people.viewers import Identity, make_account, merge, new_guest
from silkreel.web.app import create_app
from silkreel.web.edge import Transaction
from silkreel.web.viewers import KnownViewerId, ViewerId, genuine, signed

COOKIE = "silkreel-viewer"
KEY = b"k" * 32


@pytest.fixture
def served(settings, workshop):
    """The application with addresses that need a viewer, as rooms to come will have them."""
    return _with_addresses(create_app(settings, workshop))


def _with_addresses(app):
    router = APIRouter()

    @router.post("/keep")
    def keep(viewer: ViewerId, tx: Transaction) -> str:
        assert tx.get(ViewerRow, viewer) is not None  # in the same transaction
        return viewer

    @router.get("/known")
    def known(viewer: KnownViewerId) -> str | None:
        return viewer

    @router.post("/fails")
    def fails(_viewer: ViewerId) -> str:
        raise RuntimeError

    app.api.include_router(router)
    return app


def client(app):
    return TestClient(app, raise_server_exceptions=False)


def count(workshop):
    with workshop.reading() as tx:
        return tx.scalar(sa.select(sa.func.count()).select_from(ViewerRow))


def test_reading_makes_no_viewer_and_sets_no_cookie(served, workshop):
    stranger = client(served)
    for path in ("/", "/api/series", "/health/readyz", "/known"):
        assert "set-cookie" not in stranger.get(path).headers, path
    assert stranger.get("/known").json() is None
    assert count(workshop) == 0


def test_a_guest_is_made_on_first_need_and_stays_the_same(served, workshop):
    guest = client(served)
    first = guest.post("/keep")
    assert uuid.UUID(first.json()).version == 4
    cookie = first.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}={first.json()}.")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"):
        assert part in cookie
    assert "Secure" not in cookie
    assert guest.post("/keep").json() == first.json() == guest.get("/known").json()
    assert count(workshop) == 1
    assert client(served).post("/keep").json() != first.json()


def test_over_https_the_cookie_is_held_to_its_host(settings, workshop):
    public = settings.model_copy(update={"public_url": "https://night.example"})
    cookie = client(_with_addresses(create_app(public, workshop))).post("/keep")
    assert cookie.headers["set-cookie"].startswith("__Host-silkreel-viewer=")
    assert "; Secure" in cookie.headers["set-cookie"]


def test_a_request_that_fails_makes_nobody(served, workshop):
    answer = client(served).post("/fails")
    assert answer.status_code == 500
    assert "set-cookie" not in answer.headers
    assert count(workshop) == 0


def test_nobody_makes_up_anothers_cookie(served, workshop):
    mei = client(served)
    mine = mei.post("/keep").json()
    for value in (mine, f"{mine}.", f"{mine}.{'A' * 22}", f"{uuid.uuid4()}.{'é' * 22}", "x" * 9000):
        mallory = client(served)
        headers = [(b"cookie", f"{COOKIE}={value}".encode())]
        assert mallory.get("/known", headers=headers).json() is None
        assert mallory.post("/keep", headers=headers).json() != mine


def test_a_signature_covers_brand_and_viewer():
    viewer, other = str(uuid.uuid4()), str(uuid.uuid4())
    value = signed(KEY, HOUSE, viewer)
    assert genuine(KEY, HOUSE, value) == viewer
    assert genuine(KEY, "night", value) is None
    assert genuine(b"x" * 32, HOUSE, value) is None
    assert genuine(KEY, HOUSE, value.replace(viewer, other)) is None


def test_a_guests_cookie_opens_no_account(served, workshop):
    """Whoever joined an account is in it by a session; the guest's cookie is worth nothing more."""
    phone = client(served)
    guest = phone.post("/keep").json()
    with workshop.transaction() as tx:
        account = new_guest(tx, HOUSE, now())
        make_account(tx, account, Identity(HOUSE, "mail", "mei@example.org"), now())
        merge(tx, guest, account, now())
    assert phone.get("/known").json() is None
    assert phone.post("/keep").json() not in (guest, account)


def test_a_session_leads_to_the_account_until_it_ends(served, workshop):
    phone = client(served)
    guest = phone.post("/keep").json()
    with workshop.transaction() as tx:
        make_account(tx, guest, Identity(HOUSE, "mail", "mei@example.org"), now())
        token = open_place(tx, guest, HOUSE, "", now())
    phone.cookies.set("silkreel-account", token)
    assert phone.get("/known").json() == guest == phone.post("/keep").json()
    with workshop.transaction() as tx:
        assert end_all_places(tx, guest) == 1
    assert phone.get("/known").json() is None


def test_a_viewer_of_one_brand_is_a_stranger_to_another(served, workshop):
    with workshop.transaction() as tx:
        tx.add(
            BrandRow(
                id="night", name="N", domains=["night.example"], second_factor="money",
                made_at=now(),
            )
        )  # fmt: skip
    guest = client(served)
    here = guest.post("/keep").json()
    there = guest.post("/keep", headers={"host": "night.example"}).json()
    assert here != there
