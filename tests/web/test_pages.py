import hashlib
import json
import re
from gettext import GNUTranslations
from io import BytesIO

import polib
import pytest
from babel.messages.plurals import get_plural

from silkreel.web import pages
from silkreel.web.assets import UI_FOLDER, AssetTree
from silkreel.web.interface import (
    DESK_WORDS_FILE,
    MONEY_WORDS_FILE,
    STORY_WORDS_FILE,
    WORDS_FILE,
    Interface,
    accepted_languages,
    page_words,
    said_language,
)

pytestmark = pytest.mark.sqlite_only

# What no first screen shows, and comes when it is wanted.
LATER = (
    "app/story/beside.js", "app/story/shelf.js", "app/story/locked.js", "app/story/moment.js",
    "app/play/ending.js", "app/play/sheets.js", "app/read/aloud.js", "app/rights.js",
)  # fmt: skip
LICENCES = {"MIT", "Apache-2.0", "BSD-3-Clause", "ISC"}


def test_pages_can_be_read_without_script(client, episodes):
    home = client.get("/").text
    assert '<a href="/s/harbour-lights">' in home
    series = client.get("/s/harbour-lights", headers={"accept-language": "es"}).text
    assert "<h1>Luces del puerto</h1>" in series
    assert "Volvió para vender el barco" in series
    assert '<a href="/s/harbour-lights/e/2">' in series
    assert '"@type": "TVSeries"' in series
    assert "Harbour Lights" in client.get("/s/harbour-lights/e/1").text


def test_an_address_that_leads_nowhere_is_404(client, episodes):
    for path in ("/s/never-was", "/s/harbour-lights/e/99", "/s/never-was/e/1"):
        assert client.get(path).status_code == 404


def test_somebody_who_follows_a_dead_link_sees_a_page_and_a_program_the_plain_no(client, episodes):
    wish = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "accept-language": "es"}
    for path in ("/s/never-was", "/s/harbour-lights/e/99", "/never/was", "/wallett"):
        page = client.get(path, headers=wish)
        assert (page.status_code, page.headers["x-robots-tag"]) == (404, "noindex")
        assert page.headers["content-type"].startswith("text/html")
        assert "No hay nada en esta dirección." in page.text
        assert '<a href="/">' in page.text
        told = client.get(path, headers={"accept": "*/*"})
        assert told.headers["content-type"] == "application/problem+json"
    for path in ("/api/never", "/assets/x/never.js", "/words/xx.json", "/posters/never/was"):
        told = client.get(path, headers=wish)
        assert told.headers["content-type"] == "application/problem+json", "nobody looks at this"


def test_only_our_own_scripts_run(client, episodes):
    first, second = client.get("/"), client.get("/")
    policy = first.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    assert f'nonce="{nonce}"' in first.text
    assert nonce not in second.text
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"\sstyle=|\son\w+=", first.text)
    assert first.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("es-MX", "es"), ("pt", "pt-BR"), ("zh-CN,en;q=0.1", "zh-Hans"), ("xx", "en"), ("", "en")],
)
def test_the_interface_speaks_the_readers_language(client, accepted, language):
    page = client.get("/", headers={"accept-language": accepted})
    assert f'<html lang="{language}"' in page.text
    assert page.headers["content-language"] == language


def test_the_players_page_does_not_bring_the_reader_or_the_game(client, episodes):
    watching = client.get("/s/harbour-lights/e/1").text
    assert "app/watch.js" in watching
    assert "vendor/hls.min.mjs" in watching
    for later in ("app/read/", "app/play/", "app/story/", "story.css", '"read.chapter"'):
        assert later not in watching
    playing = client.get("/s/harbour-lights/g").text
    assert "app/play/game.js" in playing
    assert 'modulepreload" href="' in playing
    assert not re.search(r'modulepreload" href="[^"]*hls', playing)


def test_a_chosen_language_stays(client):
    assert '<html lang="es"' in client.get("/?hl=es").text
    assert '<html lang="es"' in client.get("/", headers={"accept-language": "en"}).text


@pytest.mark.parametrize(
    "header", ["", "*", ";;;,,,q=", "en;q=x", "e" * 9000, "zh;q=0,es;q=1.0,en"]
)
def test_odd_language_headers_do_no_harm(header):
    assert all(isinstance(tag, str) for tag in accepted_languages(header))


def test_assets_are_kept_for_ever_and_compressed(client):
    page = client.get("/").text
    script = re.search(r'src="(/assets/[0-9a-f]+/app/main.js)"', page)[1]
    answer = client.get(script, headers={"accept-encoding": "gzip"})
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert client.get(script, headers={"accept-encoding": "identity"}).text == answer.text
    old = re.sub("/assets/[0-9a-f]+/", "/assets/0000/", script)
    assert client.get(old, follow_redirects=False).status_code == 307


@pytest.mark.parametrize(
    "path", ["../app.py", "..%2f..%2fapp.py", "vendor/vendor.lock", "/etc/passwd", "app", ""]
)
def test_assets_lead_nowhere_else(client, path):
    assert client.get(f"/assets/x/{path}").status_code == 404


def test_every_module_is_fetched_at_once():
    tree = AssetTree.load()
    listed = {
        url.removeprefix(f"/assets/{tree.hash}/")
        for entry in (
            "app/main.js",
            "money/main.js",
            "desk/main.js",
            *pages.WATCHING.screens,
            *pages.READING.screens,
            *pages.PLAYING.screens,
            *LATER,
        )
        for url in tree.preloads(entry)
    }
    modules = {p for p in tree.files if p.endswith(("js", "mjs")) and "worker" not in p}
    assert listed == modules


def test_the_first_screen_fetches_nothing_of_the_money_part():
    assert not [url for url in AssetTree.load().preloads("app/main.js") if "/money/" in url]


@pytest.mark.parametrize(
    "file",
    [WORDS_FILE, MONEY_WORDS_FILE, DESK_WORDS_FILE, STORY_WORDS_FILE],
    ids=["app", "money", "desk", "story"],
)
def test_every_message_stands_in_every_language_with_the_same_places(file):
    interface = Interface.load(file)
    assert {"en", "zh-Hans", "es", "pt-BR"} <= set(interface.languages)
    english = interface.words["en"]
    for language, words in interface.words.items():
        missing = {key for key in english.keys() - words.keys() if not key.endswith(".one")}
        assert not missing, language
        for key, text in words.items():
            places = set(re.findall(r"{\w+}", text))
            assert places == set(re.findall(r"{\w+}", english[key])), (language, key)


def test_the_page_has_a_form_for_every_category_its_browser_may_ask_for():
    words = Interface.load().words
    counts = {tag: words[tag]["episodes.count.other"] for tag in words}
    assert counts["es"] == "{count} episodios"
    assert words["es"]["episodes.count.one"] == "{count} episodio"
    assert counts["zh-Hans"] == "共 {count} 集"
    assert "episodes.count.one" not in words["zh-Hans"]


def test_a_language_with_more_forms_says_all_of_them():
    catalogue = polib.POFile()
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": get_plural("ru").plural_forms,
    }
    forms = {0: "{count} серия", 1: "{count} серии", 2: "{count} серий"}
    entry = polib.POEntry(
        msgctxt="n", msgid="{count} episode", msgid_plural="{count} episodes", msgstr_plural=forms
    )
    catalogue.append(entry)
    compiled = GNUTranslations(BytesIO(catalogue.to_binary()))
    english = {"n.one": "{count} episode", "n.other": "{count} episodes"}
    words = page_words(english, "ru", compiled)
    assert [words[f"n.{each}"] for each in ("one", "few", "many")] == list(forms.values())


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es-MX,es;q=0.9", "es"),
        ("pt-PT", "pt-BR"),
        ("zh-CN", "zh-Hans"),
        ("zh-TW", "en"),
        ("fi, de;q=0.4", "en"),
        ("fi, en;q=0.4, es;q=0.3", "en"),
        ("", "en"),
    ],
)
def test_a_reader_is_answered_in_the_nearest_language_there_is(header, language):
    assert said_language(header) == language


def test_every_message_the_app_asks_for_exists():
    shared = Interface.load().words["en"]
    story = shared | Interface.load(STORY_WORDS_FILE).words["en"]
    parts = {
        "desk": shared | Interface.load(DESK_WORDS_FILE).words["en"],
        "stories": shared | Interface.load(DESK_WORDS_FILE).words["en"],
        "money": shared | Interface.load(MONEY_WORDS_FILE).words["en"],
        "story": story,
        "read": story,
        "play": story,
    }
    for path in UI_FOLDER.rglob("*.js"):
        words = parts.get(path.parent.name, shared)
        for key in re.findall(r"\bt\(\s*\"([a-z_.]+)\"", path.read_text("utf-8")):
            assert key in words, f"{path.name}: {key}"


def test_vendored_files_are_as_their_makers_published_them():
    vendor = UI_FOLDER / "vendor"
    rows = json.loads((vendor / "vendor.lock").read_text())
    for row in rows:
        digest = hashlib.sha256((vendor / row["file"]).read_bytes()).hexdigest()
        assert digest == row["sha256"], row["file"]
        assert row["licence"] in LICENCES
        assert (vendor / row["licence_file"]).stat().st_size > 500
    files = {p.name for p in vendor.iterdir() if p.is_file()}
    assert files == {row["file"] for row in rows} | {"vendor.lock"}
