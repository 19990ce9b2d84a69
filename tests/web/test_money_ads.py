"""Ads that open episodes, over HTTP: one nonce, one grant; the server's clock; caps and strikes."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from lxml import etree
from pydantic import SecretStr

from money_shop import AD_SECONDS, NIGHT, demo_settings, hold_clock, open_shop, publish, put_ad
from silkreel.commerce.adnetworks.unity import callback_hmac
from silkreel.commerce.tables import AdImpressionRow, AdIntentRow
from silkreel.flows.house_ads import built_in
from silkreel.flows.orders_desk import check_payments
from silkreel.kit.clock import now
from trial_home import seed

VAST = {"v": "http://www.iab.com/VAST"}


@pytest.fixture
def clock(monkeypatch):
    return hold_clock(monkeypatch)


@pytest.fixture
def shop(unpriced):
    publish(unpriced.workshop)
    put_ad(unpriced.workshop)
    return unpriced


@pytest.fixture
def mei(shop):
    customer = shop.customer()
    customer.price()
    return customer


def no(answer):
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_an_ad_watched_to_its_end_opens_one_episode_for_seven_days(mei, shop, clock):
    asked = mei.ask_ad(6)
    assert asked.status_code == 201
    intent = asked.json()
    assert (intent["state"], intent["opens"], intent["lasts_days"]) == ("issued", 1, 7)
    assert (intent["left_today"], intent["cap"]) == (19, 20)
    film = mei.browser.get(intent["ad"]["film"]["url"])
    assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
    assert mei.browser.post(f"/api/ads/intents/{intent['nonce']}/shown").json()["state"] == "shown"
    assert mei.watch(intent["ad"], clock).status_code == 200
    claimed = mei.claim(intent["nonce"]).json()
    assert (claimed["state"], claimed["opened"]) == ("granted", [shop.episodes[5]])
    assert mei.claim(intent["nonce"]).json() == claimed
    assert [mei.play(number).status_code for number in (6, 7)] == [200, 402]
    clock.passes(days=6, hours=23)
    assert mei.play(6).status_code == 200
    clock.passes(hours=2)
    assert mei.play(6).status_code == 402


def test_a_beacon_that_comes_again_changes_nothing(mei, shop, clock):
    ad = mei.ask_ad(6).json()["ad"]
    last = mei.watch(ad, clock).json()["ticket"]
    assert mei.beacon("complete", last).status_code == 200
    with shop.workshop.reading() as tx:
        assert tx.scalars(sa.select(AdIntentRow.state)).all() == ["granted"]
        assert tx.scalar(sa.select(sa.func.count()).select_from(AdImpressionRow)) == 1


def test_what_was_not_watched_opens_nothing(mei, clock):
    intent = mei.ask_ad(6).json()
    ticket = intent["ad"]["ticket"]
    assert no(mei.claim(intent["nonce"])) == (409, "flows.ad_not_watched")
    assert no(mei.beacon("complete", ticket)) == (409, "commerce.out_of_order")
    assert no(mei.watch(intent["ad"], clock, seconds=0.8 * AD_SECONDS)) == (
        409, "commerce.too_quick"
    )  # fmt: skip
    assert mei.play(6).status_code == 402


def test_a_forged_or_stale_ticket_is_not_believed(mei, clock):
    ticket = mei.ask_ad(6).json()["ad"]["ticket"]
    body, mac = ticket.split(".")
    other_mac = mac[:-1] + ("1" if mac.endswith("0") else "0")
    for forged in (f"{body}x.{mac}", f"{body}.{other_mac}", "x.y", "nothing", "é.é"):
        assert no(mei.beacon("start", forged)) == (404, "commerce.no_such_ad")
    clock.passes(hours=1)
    assert no(mei.beacon("start", ticket))[1] == "commerce.out_of_time"
    assert mei.browser.get("/api/ads/beacon/start").status_code == 422
    assert mei.beacon("halfway", ticket).status_code == 422


def test_a_late_proof_is_honoured_for_the_viewer_kept_the_bargain(mei, clock):
    ad = mei.ask_ad(6).json()["ad"]
    ticket = mei.beacon("start", ad["ticket"]).json()["ticket"]
    clock.passes(minutes=14, seconds=30)
    for step in ("first_quartile", "midpoint", "third_quartile", "complete"):
        answer = mei.beacon(step, ticket)
        ticket = answer.json()["ticket"]
    assert answer.status_code == 200
    assert mei.play(6).status_code == 200


def test_another_viewers_nonce_is_not_known(mei, shop, clock):
    intent = mei.ask_ad(6).json()
    other = shop.customer()
    other.price()
    for answer in (
        other.claim(intent["nonce"]),
        other.browser.post(f"/api/ads/intents/{intent['nonce']}/shown"),
        other.browser.get(f"/api/ads/vast?nonce={intent['nonce']}"),
        mei.claim("n" * 22),
    ):
        assert no(answer) == (404, "commerce.no_such_ad")
    mei.watch(intent["ad"], clock)  # whoever sends the beacons: the grant is mei's
    assert (mei.play(6).status_code, other.play(6).status_code) == (200, 402)


def test_the_days_cap_holds_and_begins_anew_at_the_markets_midnight(unpriced, monkeypatch):
    publish(unpriced.workshop, ads_a_day=2, zone="America/New_York")
    put_ad(unpriced.workshop)
    clock = hold_clock(monkeypatch, (now() + timedelta(days=1)).replace(hour=12))
    mei = unpriced.customer()
    for number in (6, 7):
        intent = mei.ask_ad(number).json()
        mei.watch(intent["ad"], clock)
        clock.passes(seconds=20)
    resets_at = datetime.fromisoformat(intent["resets_at"])
    clock.at = resets_at - timedelta(seconds=1)
    with unpriced.workshop.transaction() as tx:
        tx.execute(sa.text("UPDATE entitlements SET ends_at = starts_at"))
    told = mei.offers(6).json()
    assert told["left_out"]["ad"] == "used_up"
    wait = next(option for option in told["options"] if option["kind"] == "wait")
    assert datetime.fromisoformat(wait["again_at"]) == resets_at
    assert no(mei.ask_ad(6)) == (409, "commerce.ad_cap_reached")
    clock.at = resets_at
    assert mei.ask_ad(6).json()["left_today"] == 1


def test_between_two_ads_there_is_a_pause(mei, clock):
    mei.watch(mei.ask_ad(6).json()["ad"], clock)
    assert no(mei.ask_ad(6)) == (409, "flows.open_already")
    clock.at -= timedelta(seconds=AD_SECONDS)
    refused = mei.ask_ad(7)
    assert no(refused) == (409, "commerce.ad_too_soon")
    assert 0 < refused.json()["values"]["seconds"] <= 10


def test_nothing_is_asked_for_what_is_free_or_not_there(mei, unpriced):
    assert no(mei.ask_ad(1)) == (409, "flows.open_already")
    assert no(mei.browser.post("/api/ads/intents", json={"episode": "nope"})) == (
        404, "catalogue.not_shown"
    )  # fmt: skip
    assert mei.browser.post("/api/ads/intents", json={}).status_code == 422
    assert no(mei.ask_ad(6, network="nobody")) == (409, "flows.no_such_network")


def test_an_episode_may_take_two_ads_and_an_ad_may_open_two_episodes(unpriced, clock):
    put_ad(unpriced.workshop)
    publish(unpriced.workshop, ads_per_unlock=2)
    mei = unpriced.customer()
    first = mei.ask_ad(6).json()
    assert first["opens"] == 0
    mei.watch(first["ad"], clock)
    clock.passes(seconds=20)
    assert mei.play(6).status_code == 402
    terms = next(each for each in mei.offers(6).json()["options"] if each["kind"] == "ad")["ad"]
    assert (terms["ads"], terms["watched"]) == (2, 1)
    second = mei.ask_ad(6).json()
    assert second["opens"] == 1
    mei.watch(second["ad"], clock)
    assert [mei.play(number).status_code for number in (6, 7)] == [200, 402]

    publish(unpriced.workshop, ads_per_unlock=1, episodes_per_ad=2)
    lin = unpriced.customer()
    lin.watch(lin.ask_ad(6).json()["ad"], clock)
    assert [lin.play(number).status_code for number in (6, 7)] == [200, 200]


def test_the_house_ad_is_vast_of_which_the_start_is_counted(mei, shop, clock):
    intent = mei.ask_ad(6).json()
    answer = mei.browser.get(intent["ad"]["vast"])
    assert answer.headers["content-type"] == "application/xml"
    root = etree.fromstring(answer.content)
    assert root.get("version") == "4.2"
    media = root.findtext(".//v:MediaFile", namespaces=VAST)
    assert mei.browser.get(media).status_code == 200
    assert root.find(".//v:Linear", VAST).get("skipoffset") is None
    start = root.findtext(".//v:Tracking[@event='start']", namespaces=VAST)
    impression = root.findtext(".//v:Impression", namespaces=VAST)
    assert [mei.browser.get(each).status_code for each in (impression, start)] == [200, 200]
    with shop.workshop.reading() as tx:
        row = tx.scalars(sa.select(AdImpressionRow)).one()
    assert (row.network, row.unit_id, row.estimate_micros) == ("house", "tea", 0)


def test_media_addresses_lead_to_films_of_campaigns_only(mei, shop):
    url = mei.ask_ad(6).json()["ad"]["film"]["url"]
    folder = url.rpartition("/")[0]
    assert mei.browser.get(f"{folder}/{'0' * 32}.mp4").status_code == 404
    assert mei.browser.get(url.replace("/ads/", "/other/")).status_code == 403


def test_a_networks_claim_opens_at_once_and_ends_without_its_proof(
    settings, workshop, media_folder, clock
):
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    secret = "unity-secret"
    app = demo_settings(settings, unity_ads_secret=SecretStr(secret))
    shop = open_shop(app, workshop, episodes)
    mei = shop.customer()
    intent = mei.ask_ad(6, network="unity").json()
    assert intent["ad"] is None
    claimed = mei.claim(intent["nonce"]).json()
    assert (claimed["state"], claimed["opened"]) == ("provisional", [episodes[5]])
    assert mei.play(6).status_code == 200
    clock.passes(minutes=31)
    assert mei.play(6).status_code == 402

    proof = {"sid": intent["nonce"], "oid": "o1", "productid": "p"}
    query = urlencode({**proof, "hmac": callback_hmac(proof, secret)})
    for _ in range(2):
        assert mei.browser.get(f"/hooks/ads/unity?{query}").status_code == 200
    assert mei.play(6).status_code == 200
    forged = urlencode({**proof, "hmac": "0" * 32})
    assert mei.browser.get(f"/hooks/ads/unity?{forged}").status_code == 400
    shop.app.api.state.site.close()


def test_two_claims_that_wait_for_proof_are_enough(settings, workshop, media_folder, clock):
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    app = demo_settings(settings, unity_ads_secret=SecretStr("s"))
    shop = open_shop(app, workshop, episodes)
    mei = shop.customer()
    for number in (6, 7):
        mei.claim(mei.ask_ad(number, network="unity").json()["nonce"])
    with workshop.transaction() as tx:
        tx.execute(sa.text("UPDATE entitlements SET ends_at = starts_at"))
    assert no(mei.ask_ad(6, network="unity")) == (409, "commerce.ads_wait_for_proof")
    shop.app.api.state.site.close()


def test_three_claims_that_nothing_proved_make_the_next_wait(
    settings, workshop, media_folder, clock
):
    episodes = seed(workshop, NIGHT, media_folder)
    publish(workshop)
    app = demo_settings(settings, unity_ads_secret=SecretStr("s"))
    shop = open_shop(app, workshop, episodes)
    mei = shop.customer()
    for _ in range(3):
        claimed = mei.claim(mei.ask_ad(6, network="unity").json()["nonce"]).json()
        assert claimed["opened"] == [episodes[5]]
        clock.passes(minutes=31)
        check_payments(app, workshop.database, clock.at)
    waiting = mei.claim(mei.ask_ad(6, network="unity").json()["nonce"]).json()
    assert (waiting["state"], waiting["opened"]) == ("provisional", [])
    assert mei.play(6).status_code == 402
    shop.app.api.state.site.close()


def test_a_stranger_who_asks_becomes_a_guest(shop, clock):
    stranger = shop.customer()
    asked = stranger.ask_ad(6)
    assert asked.status_code == 201
    assert "silkreel-viewer" in asked.headers["set-cookie"]


def test_the_built_in_film_is_drawn_once_and_plays_everywhere(unpriced):
    first = built_in(unpriced.workshop, now())
    path = unpriced.workshop.store.path(first.film.content_hash, first.film.suffix)
    made = path.stat().st_mtime_ns
    assert built_in(unpriced.workshop, now()).film == first.film
    assert path.stat().st_mtime_ns == made
    publish(unpriced.workshop)
    mei = unpriced.customer()
    ad = mei.ask_ad(6).json()["ad"]
    assert (ad["id"], ad["length_seconds"]) == ("built-in", AD_SECONDS)
    film = mei.browser.get(ad["film"]["url"], headers={"range": "bytes=4-7"})
    assert (film.status_code, film.content) == (206, b"ftyp")
    put_ad(unpriced.workshop)
    assert unpriced.customer().ask_ad(6).json()["ad"]["id"] == "tea"
