from dataclasses import replace

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from silkreel.catalogue.tables import EditionRow, EpisodeRow, ReleaseRow, RenditionRow
from silkreel.kit.clock import now
from silkreel.web.app import create_app
from silkreel.web.limits import RateLimit
from trial_home import Trial, seed

TINY = Trial(slug="tiny", seconds=2, rungs=((90, 160),), episodes=1)


def play(client, episode, audio=None, **headers):
    answer = client.post(f"/api/episodes/{episode}/play", json={"audio": audio}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_bundle_holds_all_a_player_needs(client, episodes):
    bundle = play(client, episodes[0])
    assert bundle["series"] == "harbour-lights"
    assert bundle["playlists"][bundle["manifest"]].startswith("#EXTM3U")
    assert len(bundle["playlists"]) == 1 + 2 + 1 + 2 + 2  # main, rungs, I-frames, sounds, subtitles
    assert bundle["next"] == {"id": episodes[1], "number": 2, "title": ""}
    assert bundle["start_height_pixels"] == 320
    assert bundle["poster"].startswith("/posters/")
    assert client.get(bundle["base"] + bundle["subtitles"][0]["file"]).text.startswith("WEBVTT")


def test_every_address_in_the_playlists_answers(client, episodes):
    bundle = play(client, episodes[0])
    for name, text in bundle["playlists"].items():
        assert client.get(bundle["base"] + name).text == text
        for line in text.splitlines():
            if line and not line.startswith("#"):
                assert client.head(bundle["base"] + line).status_code == 200


def test_the_last_episode_has_no_next(client, episodes):
    assert play(client, episodes[1])["next"] is None


def test_a_body_is_not_needed(client, episodes):
    assert client.post(f"/api/episodes/{episodes[0]}/play").status_code == 200


@pytest.mark.parametrize(
    ("audio", "accepted", "heard", "read"),
    [
        (None, "es-MX,es;q=0.9", "es", None),
        (None, "en-US", "en", None),
        (None, "fr", "en", None),
        ("es", "en", "es", "en"),
        ("original", "es", "en", "es"),
        ("xx-nonsense", "es", "es", None),
    ],
)
def test_the_voice_is_the_wish_then_the_readers_then_the_original(
    client, episodes, audio, accepted, heard, read
):
    bundle = play(client, episodes[0], audio, **{"accept-language": accepted})
    named = {track["id"]: track["language"] for track in bundle["audio"] + bundle["subtitles"]}
    assert named[bundle["audio_choice"]] == heard
    assert named.get(bundle["subtitles_choice"]) == read
    default = next(
        x for x in bundle["playlists"][bundle["manifest"]].split("\n") if "DEFAULT=YES" in x
    )
    assert f'LANGUAGE="{heard}"' in default


def test_tracks_say_how_they_were_made(client, workshop, episodes):
    with workshop.transaction() as tx:
        tx.execute(sa.update(ReleaseRow).values(drafts_allowed=True))
        second = EditionRow.episode_id == episodes[1]
        tx.execute(
            sa.update(EditionRow).where(second, EditionRow.language == "es").values(draft_lines=3)
        )
    labels = [track["label"] for track in play(client, episodes[0])["audio"]]
    assert labels == ["Original voices", "AI voices, human translation"]
    drafted = play(client, episodes[1])
    assert drafted["audio"][1]["label"] == "AI voices, machine draft"
    assert drafted["subtitles"][1]["label"] == "Machine draft"


def test_each_play_has_its_own_session(client, episodes):
    assert play(client, episodes[0])["session"] != play(client, episodes[0])["session"]


def test_unknown_unreleased_and_withdrawn_answer_alike(client, workshop, episodes):
    unknown = client.post("/api/episodes/nobody/play")
    with workshop.transaction() as tx:
        tx.execute(sa.update(ReleaseRow).values(withdrawn_at=now()))
    withdrawn = client.post(f"/api/episodes/{episodes[0]}/play")
    with workshop.transaction() as tx:
        tx.execute(sa.delete(ReleaseRow))
    unreleased = client.post(f"/api/episodes/{episodes[0]}/play")
    answers = [{**a.json(), "request_id": ""} for a in (unknown, withdrawn, unreleased)]
    assert unknown.status_code == 404
    assert answers[0] == answers[1] == answers[2]


def test_an_episode_without_picture_says_to_come_back(client, workshop, episodes):
    with workshop.transaction() as tx:
        tx.execute(sa.delete(RenditionRow).where(RenditionRow.kind == "video"))
    answer = client.post(f"/api/episodes/{episodes[0]}/play")
    assert answer.status_code == 409
    assert answer.json()["code"] == "flows.not_ready"


def test_a_changed_row_is_never_answered_from_memory(client, workshop, episodes):
    before = play(client, episodes[0])
    with workshop.transaction() as tx:
        tx.execute(sa.update(EditionRow).where(EditionRow.language == "es").values(withdrawn=True))
    after = play(client, episodes[0])
    assert [track["language"] for track in before["audio"]] == ["en", "es"]
    assert [track["language"] for track in after["audio"]] == ["en"]
    assert 'LANGUAGE="es"' in before["playlists"][before["manifest"]]
    assert 'LANGUAGE="es"' not in after["playlists"][after["manifest"]]
    with workshop.transaction() as tx:
        tx.execute(sa.update(EpisodeRow).values(titles={"en": "A new name"}))
    assert play(client, episodes[0])["title"] == "A new name"


def test_a_new_file_of_a_rung_changes_the_playlist(client, workshop, episodes):
    with workshop.transaction() as tx:
        row = tx.scalars(sa.select(RenditionRow).where(RenditionRow.kind == "video")).first()
        row.content_hash = "f" * 64
        episode = row.episode_id
    assert any("f" * 32 in text for text in play(client, episode)["playlists"].values())


def test_a_language_of_another_market_is_not_in_the_bundle(settings, workshop, media_folder):
    (episode,) = seed(workshop, replace(TINY, market="BR"), media_folder)
    with TestClient(create_app(settings, workshop)) as client:
        assert client.post(f"/api/episodes/{episode}/play").status_code == 404
    brazil = settings.model_copy(update={"market": "BR"})
    with TestClient(create_app(brazil, workshop)) as client:
        bundle = play(client, episode)
        assert client.get(bundle["base"] + bundle["manifest"]).status_code == 200
        forged = bundle["manifest"].replace("BR-", "US-")
        assert client.get(bundle["base"] + forged).status_code == 404


def test_pressing_play_too_often_is_refused_for_a_while(settings, workshop, episodes):
    with TestClient(create_app(settings, workshop, plays=RateLimit(per_minute=3))) as client:
        codes = [client.post(f"/api/episodes/{episodes[0]}/play").status_code for _ in range(5)]
        assert codes == [200, 200, 200, 429, 429]
        assert int(client.post(f"/api/episodes/{episodes[0]}/play").headers["retry-after"]) > 0


def test_too_large_a_wish_is_not_read(client, episodes):
    answer = client.post(f"/api/episodes/{episodes[0]}/play", content=b"x" * 70_000)
    assert answer.status_code == 413
    assert client.post(f"/api/episodes/{episodes[0]}/play", content=b"[1").status_code == 422


def test_a_poisoned_title_stays_text(client, workshop, episodes):
    poison = '</script><script>alert(1)</script>"#EXTINF'
    with workshop.transaction() as tx:
        tx.execute(sa.update(EpisodeRow).values(titles={"en": poison}))
    assert play(client, episodes[0])["title"] == poison
    page = client.get("/s/harbour-lights/e/1").text
    assert "<script>alert" not in page
