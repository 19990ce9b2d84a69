"""Somebody of the staff at a browser of their own."""

from dataclasses import dataclass, field

from starlette.testclient import TestClient

from silkreel.kit.artifacts import Workshop
from silkreel.kit.clock import now
from silkreel.people.actors import machine
from silkreel.people.brands import HOUSE
from silkreel.people.invitations import accept, invite
from silkreel.people.staff import add_person
from silkreel.web.app import WebApp

PASSWORD = "lantern quay tofu umbrella"
ORIGIN = "http://testserver"


def hire(workshop: Workshop, password_hash: str, name: str, *roles: str, brand: str = HOUSE) -> str:
    """Put somebody who has joined already into the team; answers their id."""
    with workshop.transaction() as tx:
        by = machine("root", brand, now())
        person = add_person(tx, name, roles=roles, by=by)
        token = invite(tx, person.id, by=by)
        accept(tx, token, password_hash, brand_id=brand, at=now())
    return person.id


@dataclass
class Browser:
    """A browser with its own cookies, and the page's token once signed in."""

    app: WebApp
    client: TestClient = field(init=False)
    csrf: str = ""

    def __post_init__(self):
        self.client = TestClient(self.app, raise_server_exceptions=False, base_url=ORIGIN)

    def sign_in(self, name, password=PASSWORD, code=""):
        body = {"name": name, "password": password, "code": code}
        answer = self.client.post("/api/staff/sign-in", json=body)
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf_token"]
        return answer

    def get(self, path, **more):
        return self.client.get(f"/api/staff{path}", **more)

    def post(self, path, body=None, method="POST", **more):
        headers = {"x-csrf-token": self.csrf, "origin": ORIGIN} | more.pop("headers", {})
        return self.client.request(method, f"/api/staff{path}", json=body, headers=headers, **more)

    def put(self, path, body):
        return self.post(path, body, method="PUT")
