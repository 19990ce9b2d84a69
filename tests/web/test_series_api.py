from dataclasses import replace

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from silkreel.catalogue.tables import EditionRow, ReleaseRow, SeriesRow
from silkreel.kit.clock import now
from silkreel.web.app import create_app
from trial_home import Trial, seed

TINY = Trial(slug="tiny", seconds=2, rungs=((90, 160),), episodes=1)


def slugs(client, query=""):
    answer = client.get(f"/api/series{query}")
    assert answer.status_code == 200, answer.text
    return [card["slug"] for card in answer.json()["series"]]


def test_a_released_series_is_listed_with_its_languages(client, episodes):
    (card,) = client.get("/api/series?language=es").json()["series"]
    assert card["title"] == "Luces del puerto"
    assert card["episode_count"] == 2
    assert [offer["language"] for offer in card["languages"]] == ["en", "es"]
    assert card["languages"][1] == {
        "language": "es",
        "name": "Español",
        "heard": True,
        "read": True,
    }


def test_a_series_nobody_released_is_not_seen(client, workshop, episodes):
    with workshop.transaction() as tx:
        tx.execute(sa.delete(ReleaseRow))
    assert slugs(client) == []
    assert client.get("/api/series/harbour-lights").status_code == 404


def test_unreleased_and_unknown_cannot_be_told_apart(client, workshop, episodes):
    with workshop.transaction() as tx:
        tx.execute(sa.delete(ReleaseRow))
    hidden = client.get("/api/series/harbour-lights").json()
    unknown = client.get("/api/series/never-was").json()
    assert {**hidden, "request_id": ""} == {**unknown, "request_id": ""}


def test_a_market_sees_its_own_releases_and_the_worlds(settings, workshop, media_folder):
    seed(workshop, replace(TINY, slug="for-brazil", market="BR"), media_folder)
    seed(workshop, replace(TINY, slug="for-all"), media_folder)
    told = settings.model_copy(update={"market_header": "x-country"})
    with TestClient(create_app(told, workshop)) as client:
        assert slugs(client) == ["for-all"]
        brazil = client.get("/api/series", headers={"x-country": "br"}).json()["series"]
    assert {card["slug"] for card in brazil} == {"for-all", "for-brazil"}


def test_a_country_is_believed_only_where_a_proxy_is_set_to_name_it(client, workshop, media_folder):
    seed(workshop, replace(TINY, market="BR"), media_folder)
    answer = client.get("/api/series", headers={"x-country": "BR", "cf-ipcountry": "BR"})
    assert answer.json()["series"] == []


def test_a_market_that_was_closed_stays_closed_though_the_world_is_open(
    settings, workshop, episodes
):
    with workshop.transaction() as tx:
        series = tx.scalars(sa.select(SeriesRow)).one()
        moment = now()
        tx.add(
            ReleaseRow(
                series_id=series.id, market="DE", languages=["en"], released_at=moment,
                withdrawn_at=moment,
            )
        )  # fmt: skip
    with TestClient(create_app(settings.model_copy(update={"market": "DE"}), workshop)) as client:
        assert slugs(client) == []


def test_a_withdrawn_release_is_gone_at_once(client, workshop, episodes):
    assert slugs(client) == ["harbour-lights"]
    with workshop.transaction() as tx:
        tx.execute(sa.update(ReleaseRow).values(withdrawn_at=now()))
    assert slugs(client) == []


def test_a_language_that_was_not_released_is_not_offered(client, workshop, episodes):
    with workshop.transaction() as tx:
        tx.execute(sa.update(ReleaseRow).values(languages=["en"]))
    (card,) = client.get("/api/series").json()["series"]
    assert [offer["language"] for offer in card["languages"]] == ["en"]


@pytest.mark.parametrize("change", [{"draft_lines": 2}, {"waiting_lines": 1}, {"withdrawn": True}])
def test_drafts_and_withdrawn_editions_are_not_offered(client, workshop, episodes, change):
    with workshop.transaction() as tx:
        tx.execute(sa.update(EditionRow).where(EditionRow.language == "es").values(**change))
    (card,) = client.get("/api/series").json()["series"]
    assert [offer["language"] for offer in card["languages"]] == ["en"]


@pytest.mark.parametrize("words", ["puerto", "LUCES", "harbóur", "boat afloat", "a%20flote"])
def test_search_finds_words_of_any_language_without_accents_or_case(client, episodes, words):
    assert slugs(client, f"?q={words}") == ["harbour-lights"]


def test_search_that_finds_nothing_answers_an_empty_list(client, episodes):
    assert slugs(client, "?q=submarine") == []


def test_one_episode_is_found_by_its_number(client, episodes):
    answer = client.get("/api/series/harbour-lights/episodes/2")
    assert answer.json()["id"] == episodes[1]
    assert client.get("/api/series/harbour-lights/episodes/3").status_code == 404


def test_a_poster_is_public_while_its_series_is(client, workshop, episodes):
    (card,) = client.get("/api/series").json()["series"]
    answer = client.get(card["poster"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert "immutable" in answer.headers["cache-control"]
    with workshop.transaction() as tx:
        tx.execute(sa.update(ReleaseRow).values(withdrawn_at=now()))
    assert client.get(card["poster"]).status_code == 404


@pytest.mark.sqlite_only  # words of the edge
def test_a_no_is_problem_json_with_the_requests_id(client):
    answer = client.get("/api/series/never-was", headers={"x-request-id": "abc-12345"})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-request-id"] == "abc-12345"
    assert answer.json()["request_id"] == "abc-12345"
    assert answer.json()["code"] == "catalogue.not_shown"
    assert answer.json()["status"] == 404


@pytest.mark.sqlite_only  # words of the edge
@pytest.mark.parametrize(
    ("accepted", "sentence"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "No hay nada que ver en esta dirección."),
        ("pt-PT", "Não há nada para assistir neste endereço."),
        ("zh-CN,zh;q=0.9", "这个地址没有可看的内容。"),
        ("fi", "There is nothing to watch at this address."),
    ],
)
def test_a_no_is_said_in_the_language_the_reader_accepts(client, accepted, sentence):
    answer = client.get("/api/series/never-was", headers={"accept-language": accepted})
    assert answer.json()["detail"] == answer.json()["title"] == sentence


@pytest.mark.sqlite_only  # words of the edge
def test_a_no_of_the_edge_itself_is_said_in_the_readers_language(client):
    spanish = {"accept-language": "es"}
    long = client.get("/api/series?" + "x" * 5000, headers=spanish)
    assert long.json()["detail"] == "Esta dirección es demasiado larga."
    odd = client.get("/api/series?limit=0", headers=spanish)
    assert odd.json()["detail"] == "La petición no tiene la forma que espera esta dirección."
    assert client.get("/api/series/no").json()["detail"].startswith("There is nothing")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/series?limit=0", 422),
        ("/api/series?limit=999999", 422),
        ("/api/series?q=" + "x" * 101, 422),
        ("/api/series/" + "x" * 500, 422),
        ("/api/series?" + "x" * 5000, 414),
        ("/api/series/a/episodes/-1", 422),
        ("/api/series/a/episodes/99999999999999999999", 422),
        ("/no/such/page", 404),
    ],
)
def test_absurd_requests_are_refused_in_the_same_shape(client, address, status):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_health_answers(client):
    assert client.get("/health/livez").json() == {"status": "ok"}
    assert client.get("/health/readyz").json() == {"status": "ok"}
