"""From film to novel to game and back: one place, and choices in the picture itself."""

from playwright.sync_api import expect

from browser_story import play_to_choice, words_of

EPISODE = "/s/harbour-lights/e/1"
AT = "() => document.querySelector('video[data-index=\"0\"]')?.currentTime ?? 0"
GOES_ON = "(from) => (document.querySelector('video[data-index=\"0\"]')?.currentTime ?? 0) > from"
HOLDS = """() => [...document.querySelectorAll("video")].every((video) => video.paused)"""


def stop_at(page, second):
    """The episode, paused at a second."""
    page.goto(EPISODE)
    page.wait_for_function(GOES_ON, arg=0.2)
    expect(page.get_by_role("button", name="This moment")).to_be_visible()
    page.keyboard.press(" ")
    page.wait_for_function(HOLDS)
    page.evaluate(f"document.querySelector('video[data-index=\"0\"]').currentTime = {second}")


def watch_to_choice(page):
    page.goto(EPISODE)
    asked = page.get_by_role("group", name="What happens now?")
    expect(asked).to_be_visible()
    page.wait_for_function(HOLDS)
    return asked


def test_watch_read_on_play_and_watch_again(reader):
    page = reader.page
    stop_at(page, 2.6)
    page.get_by_role("button", name="This moment").click()
    page.get_by_role("dialog").get_by_role("link", name="Read on from here").click()
    page.wait_for_url("**/c/1#ch001_6M3C")
    expect(page.locator("[data-block=ch001_6M3C].asked")).to_be_in_viewport()
    page.locator("[data-block=ch001_6M3C]").get_by_role("link", name="Play this scene").click()
    expect(words_of(page)).to_have_text("One lamp is still burning on the pier.")
    expect(page.get_by_text("your own save stays as it is")).to_be_visible()
    page.keyboard.press(" ")
    expect(words_of(page)).to_have_text("You kept my letter all these years.")
    page.get_by_role("button", name="This moment").click()
    page.get_by_role("dialog").get_by_role("link", name="Watch this").click()
    page.wait_for_url(f"**{EPISODE}?t=ep001_0001")
    page.wait_for_function(GOES_ON, arg=2.0)


def test_the_series_says_where_to_go_on_in_every_medium(reader):
    page = reader.page
    stop_at(page, 4.5)
    page.wait_for_timeout(600)
    with page.expect_request(lambda r: r.url.endswith("/place") and r.method == "POST"):
        page.keyboard.press("Escape")
    page.goto("/s/harbour-lights/c/1#ch001_Z8QG")
    with page.expect_response(lambda r: r.url.endswith("/place") and r.request.method == "POST"):
        page.wait_for_timeout(1500)
    page.goto("/s/harbour-lights/g")
    with page.expect_response(lambda r: r.url.endswith("/place") and r.request.method == "POST"):
        expect(words_of(page)).to_be_visible()
    page.goto("/s/harbour-lights")
    onward = page.get_by_role("region", name="Go on where you are")
    expect(onward.get_by_role("link")).to_have_count(3)
    expect(onward.get_by_role("link").first).to_have_text("Scene Harbour")
    expect(onward.get_by_role("link", name="Chapter 1")).to_be_visible()
    onward.get_by_role("link", name="Episode 1, 0:04").click()
    page.wait_for_url(f"**{EPISODE}?t=*")


def test_a_choice_holds_the_picture_and_is_taken_by_key(reader):
    page = reader.page
    asked = watch_to_choice(page)
    expect(asked).to_contain_text("If you choose nothing, the series goes on.")
    expect(asked).not_to_contain_text("coin")
    page.keyboard.press("1")
    expect(words_of(page)).to_have_text("Then look at one thing before you sign.")
    for words in ("papered with her letters", "Where did you get these?", "wrote them out for me"):
        page.keyboard.press(" ")
        expect(words_of(page)).to_contain_text(words)
    page.keyboard.press(" ")
    left = page.get_by_role("alertdialog")
    expect(left).to_contain_text("the series goes its own way")
    left.get_by_role("button", name="Back to the episode").click()
    page.wait_for_url(f"**{EPISODE}*")
    page.wait_for_function(GOES_ON, arg=8.2)
    expect(page.get_by_role("group", name="What happens now?")).to_have_count(0)


def test_nothing_chosen_in_time_is_the_series_own_way(reader):
    page = reader.page
    asked = watch_to_choice(page)
    held = page.evaluate(AT)
    expect(asked).to_have_count(0)
    page.wait_for_function(GOES_ON, arg=held + 1)
    assert page.url.split("?")[0].endswith(EPISODE), "nobody is taken anywhere"


def test_the_canon_is_chosen_by_hand_and_the_space_bar_chooses_nothing(reader):
    page = reader.page
    asked = watch_to_choice(page)
    held = page.evaluate(AT)
    page.keyboard.press(" ")
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Give her the keys.").click()
    page.wait_for_function(GOES_ON, arg=held + 0.5)


def test_a_scene_by_itself_leaves_the_save_alone(reader):
    page = reader.page
    page.goto("/s/harbour-lights/g")
    play_to_choice(page)
    with page.expect_response(lambda r: "/playthroughs/auto" in r.url):
        page.keyboard.press("1")
    page.goto("/s/harbour-lights/g?at=ep002.lighthouse")
    expect(words_of(page)).to_have_text("The lamp turns once, and stops.")
    page.goto("/s/harbour-lights/g")
    expect(words_of(page)).to_have_text("Then look at one thing before you sign.")


def test_a_series_without_a_story_asks_for_none(phone):
    page = phone.page
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/api/works/" in r.url else None)
    page.goto("/s/last-ferry")
    expect(page.get_by_role("heading", name="The Last Ferry")).to_be_visible()
    page.get_by_role("link", name="Play", exact=True).click()
    expect(page.get_by_role("heading", name="The end")).to_be_visible()
    assert asked == []
