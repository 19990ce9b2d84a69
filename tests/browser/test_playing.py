"""The game in the app: played by key and by hand, saved on the server, and no heavier than promised."""

import shutil

import pytest
from playwright.sync_api import expect

from browser_story import HARBOUR, play_to_choice, press_until, say, words_of
from browsing import served, visiting
from drawn_stories import whole_work, write_story
from silkreel.flows.publish_story import publish_story
from silkreel.kit.clock import now
from trial_home import Trial, open_trial, seed

GAME = "/s/harbour-lights/g"
WIRE_BYTES = 120_000  # of the first game screen, compressed, without HTTP/1.1's heads


def test_the_game_is_played_by_key_to_its_end(reader):
    page = reader.page
    page.goto(GAME)
    expect(words_of(page)).to_have_text("One lamp is still burning on the pier.")
    page.keyboard.press(" ")
    expect(words_of(page)).to_have_text("You kept my letter all these years.")
    expect(page.locator(".game-who")).to_have_text("Mara Quill")
    expect(page.locator(".figure.speaking")).to_have_count(1)
    play_to_choice(page)
    page.keyboard.press("2")
    say(page, "The engine starts if you ask her nicely.")
    say(page, "I never learned how to ask.")
    press_until(page, page.get_by_role("heading", name="The end"))
    seen = page.get_by_role("region", name="What you have seen")
    expect(seen.get_by_role("img", name="Not seen yet")).to_have_count(1)
    expect(seen).not_to_contain_text("cabin")


def test_a_game_goes_on_where_it_was_left_and_its_log_goes_back(reader):
    page = reader.page
    page.goto(GAME)
    play_to_choice(page)
    with page.expect_response(lambda r: "/playthroughs/auto" in r.url) as saved:
        page.get_by_role("button", name="Show her the cabin first.").click()
    assert saved.value.json()["log"] == ["ep001_C001"]
    expect(words_of(page)).to_have_text("Then look at one thing before you sign.")
    page.keyboard.press(" ")
    expect(words_of(page)).to_contain_text("papered with her letters")
    page.reload()
    expect(words_of(page)).to_contain_text("papered with her letters")
    page.keyboard.press("l")
    log = page.get_by_role("dialog", name="Log")
    expect(log).to_contain_text("I came to sell her, Tom.")
    log.get_by_role("button", name="Go back to before this choice").click()
    expect(page.get_by_role("button", name="Give her the keys.")).to_be_visible()


def test_slots_are_logs_of_choices_on_the_server(reader):
    page = reader.page
    page.goto(GAME)
    play_to_choice(page)
    page.keyboard.press("1")
    expect(words_of(page)).to_have_text("Then look at one thing before you sign.")
    page.keyboard.press("s")
    saves = page.get_by_role("dialog", name="Saves")
    saves.get_by_role("button", name="Save here").first.click()
    expect(saves.locator(".slot", has_text="Slot 1")).to_contain_text("1 choice")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Playing").click()
    page.get_by_role("button", name="Begin anew").click()
    expect(words_of(page)).to_have_text("One lamp is still burning on the pier.")
    page.evaluate("localStorage.clear()")  # another device of the same viewer
    page.reload()
    expect(words_of(page)).to_be_visible()
    page.keyboard.press("s")
    page.get_by_role("dialog").locator(".slot", has_text="Slot 1").get_by_text("Load").click()
    expect(words_of(page)).to_have_text("Then look at one thing before you sign.")


def test_a_save_outlives_an_edit_and_the_reader_is_told_what_changed(reader, storied, tmp_path):
    page = reader.page
    page.goto(GAME)
    play_to_choice(page)
    with page.expect_response(lambda r: "/playthroughs/auto" in r.url):
        page.keyboard.press("1")
    storied.publish(without_the_cabin(shutil.copytree(HARBOUR, tmp_path / "edited")))
    try:
        page.reload()
        told = page.get_by_role("alertdialog", name="The story has changed since you played")
        expect(told).to_contain_text("A choice you made is no longer in the story")
        told.get_by_role("button", name="Go on from there").click()
        expect(page.locator(".game-words")).to_be_visible()
    finally:
        storied.publish()


def without_the_cabin(folder):
    """The story without the option that leads to the cabin, and without the cabin."""
    script = folder / "script/main.ink"
    text = script.read_text("utf-8")
    for first, after in (("* [Show her", "* [Give her"), ("= cabin", "= quay")):
        text = text.replace(text[text.index(first) : text.index(after)], "")
    script.write_text(text, "utf-8")
    return folder


def test_where_nothing_is_sold_an_option_with_a_price_is_free(reader):
    page = reader.page
    page.goto(GAME)
    play_to_choice(page)
    page.keyboard.press("1")
    play_to_choice(page)
    paid = page.get_by_role("button", name="Buy the light for both of you.")
    expect(paid).not_to_contain_text("coins")
    paid.click()
    expect(words_of(page)).to_have_text("It was never for sale. Until now.")


def test_after_choosing_the_share_of_players_is_told(reader):
    page = reader.page
    shares = {"choices": {"ep001_C001": {"players": 8, "options": {"ep001_C001": 0.375}}}}
    page.route("**/api/works/harbour-lights/choices", lambda route: route.fulfill(json=shares))
    page.goto(GAME)
    play_to_choice(page)
    expect(page.get_by_text("38 %")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.get_by_role("status").filter(has_text="38 % chose as you did")).to_be_visible()


def test_lines_go_on_by_themselves_at_the_pace_asked_for(reader):
    page = reader.page
    page.goto(GAME)
    expect(words_of(page)).to_have_text("One lamp is still burning on the pier.")
    page.get_by_role("button", name="Playing").click()
    page.get_by_role("dialog").get_by_role("button", name="Fast").click()
    page.keyboard.press("Escape")
    expect(words_of(page)).to_have_text("I kept the boat, too. She is still afloat.")


def test_the_game_speaks_another_language_at_the_same_place(reader):
    page = reader.page
    page.goto(GAME)
    say(page, "One lamp is still burning on the pier.")
    page.get_by_role("button", name="Playing").click()
    page.get_by_role("dialog").get_by_role("button", name="Español").click()
    page.keyboard.press("Escape")
    expect(words_of(page)).to_have_text("Guardaste mi carta todos estos años.")
    play_to_choice(page)
    expect(page.get_by_role("button", name="Dale las llaves.")).to_be_visible()


def test_the_same_name_always_draws_the_same_picture(reader):
    page = reader.page
    drawn = []
    for _ in range(2):
        page.goto(GAME)
        play_to_choice(page)
        drawn.append(page.locator(".game-picture").inner_html())
        page.evaluate("localStorage.clear()")
    assert drawn[0] == drawn[1]
    assert drawn[0].count("<svg") == 3, "a place and two people"


def test_nothing_is_wider_than_the_screen_and_targets_are_large(reader, size):
    page = reader.page
    page.goto(GAME)
    play_to_choice(page)
    for key in ("", "s", "l"):
        if key:
            page.keyboard.press(key)
            expect(page.get_by_role("dialog")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        small = page.evaluate("""() => [...document.querySelectorAll("button, .button")]
          .map((e) => [e.className, e.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.height < 40 || box.width < 40))
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)""")
        assert small == []
        page.keyboard.press("Escape") if key else None


def test_the_game_stands_still_for_whoever_wants_no_motion(browser, storied):
    with visiting(browser, storied.address, (390, 844), reduced_motion="reduce") as made:
        made.page.goto(GAME)
        expect(words_of(made.page)).to_be_visible()
        moving = made.page.evaluate("document.getAnimations().map((each) => each.animationName)")
        assert moving == []


@pytest.mark.parametrize("size", [(390, 844)], ids=["phone"])
def test_the_first_screen_of_a_work_of_80_episodes_is_light(browser, tmp_path, size):
    workshop = open_trial(tmp_path / "home")
    seed(workshop, Trial(seconds=1, rungs=((90, 160),), episodes=1))
    folder = write_story(tmp_path / "work", whole_work())
    with served(workshop) as address, visiting(browser, address, size) as made:
        publish_story(workshop, folder, "harbour-lights", by="test", at=now())
        wire = made.page.context.new_cdp_session(made.page)
        heads, loaded = {}, {}
        wire.send("Network.enable")
        wire.on(
            "Network.responseReceived",
            lambda each: heads.update({each["requestId"]: each["response"]["encodedDataLength"]}),
        )
        wire.on(
            "Network.loadingFinished",
            lambda each: loaded.update({each["requestId"]: each["encodedDataLength"]}),
        )
        made.page.goto(GAME)
        expect(words_of(made.page)).to_be_visible()
        made.page.wait_for_timeout(500)
        assert len(loaded) > 30, "everything was fetched"
        bodies = sum(loaded[each] - heads[each] for each in loaded)
        assert bodies <= WIRE_BYTES, f"{bodies} bytes"


def test_a_player_is_told_how_much_they_have_seen_and_begins_anew_without_losing_it(reader):
    page = reader.page
    page.goto("/s/harbour-lights")
    door = page.get_by_role("link", name="Play the game")
    expect(door).to_contain_text("4 scenes · 4 endings")
    door.click()
    play_to_choice(page)
    page.keyboard.press("2")
    press_until(page, page.get_by_role("heading", name="The end"))
    seen = page.get_by_role("region", name="What you have seen")
    expect(seen).to_contain_text("3 of 4 scenes seen · 1 of 4 endings")
    page.get_by_role("button", name="Play from the beginning").click()
    play_to_choice(page)
    page.keyboard.press("1")
    expect(words_of(page)).to_have_text("Then look at one thing before you sign.")
    press_until(page, words_of(page).get_by_text("papered with her letters"))
    page.get_by_role("button", name="Playing").click()
    expect(seen).to_contain_text("4 of 4 scenes seen · 1 of 4 endings")
    expect(seen.get_by_role("img", name="Not seen yet")).to_have_count(0)
    page.evaluate("localStorage.clear()")  # another device of the same viewer
    page.goto("/s/harbour-lights")
    expect(door).to_contain_text("4 of 4 scenes seen · 1 of 4 endings")
