"""Real media, a real browser: what a viewer does, and what they see and hear."""

import json
import time

from playwright.sync_api import expect

CURRENT = """() => {
  const video = [...document.querySelectorAll("video")].find((v) => !v.paused);
  const {videoWidth: width, currentTime: at} = video;
  return {index: video.dataset.index, at, width};
}"""
# The tone that sounds: the strongest frequency of the playing video's sound, in hertz.
TONE = """async () => {
  const video = [...document.querySelectorAll("video")].find((v) => !v.paused);
  window.ear ??= new AudioContext();
  const ear = window.ear;
  const stream = video.captureStream();
  const source = ear.createMediaStreamSource(new MediaStream(stream.getAudioTracks()));
  const analyser = ear.createAnalyser();
  analyser.fftSize = 16384;
  source.connect(analyser);
  await new Promise((done) => setTimeout(done, 700));
  const levels = new Float32Array(analyser.frequencyBinCount);
  analyser.getFloatFrequencyData(levels);
  const loudest = levels.indexOf(Math.max(...levels));
  source.disconnect();
  return (loudest * ear.sampleRate) / analyser.fftSize;
}"""
PLAYING = """() => [...document.querySelectorAll("video")]
  .some((v) => !v.paused && v.currentTime > 0.3 && v.dataset.index === "%d")"""


PATIENCE_SECONDS = 30.0  # of a machine that does much else


def wait_playing(page, index):
    page.wait_for_function(PLAYING % index, timeout=30_000)


def hear(page, hertz):
    """This tone is what sounds, once what is buffered has been played."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while abs((heard := page.evaluate(TONE)) - hertz) >= 20:
        assert time.monotonic() < deadline, f"{heard} hertz sound"
        page.wait_for_timeout(100)


def place_of(locator):
    """Where it is drawn; what was there an instant ago may be drawn anew."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (box := locator.bounding_box()) is None:
        assert time.monotonic() < deadline, "it is not drawn"
        time.sleep(0.05)
    return box


def open_sheet(page, key, name):
    page.keyboard.press(key)
    sheet = page.get_by_role("dialog", name=name)
    expect(sheet).to_be_visible()
    return sheet


def test_from_the_front_door_to_the_picture(phone):
    page = phone.page
    page.goto("/")
    expect(page.get_by_role("heading", name="The Last Ferry")).to_be_visible()
    page.get_by_role("link", name="Harbour Lights").first.click()
    expect(page.get_by_role("heading", name="Harbour Lights")).to_be_visible()
    page.get_by_role("link", name="Play", exact=True).click()
    wait_playing(page, 0)
    assert page.url.endswith("/s/harbour-lights/e/1")
    assert page.evaluate(CURRENT)["width"] == 180


def test_the_language_is_switched_while_it_plays(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    wait_playing(page, 0)
    hear(page, 440)
    expect(page.locator(".captions")).to_have_count(0)
    before = page.evaluate(CURRENT)["at"]
    sheet = open_sheet(page, "l", "Languages")
    expect(sheet.get_by_text("AI voices, human translation")).to_be_visible()
    sheet.get_by_role("button", name="Español").first.click()
    page.keyboard.press("Escape")
    hear(page, 660)
    after = page.evaluate(CURRENT)
    assert after["index"] == "0"
    assert after["at"] > before
    expect(page.locator(".captions")).to_contain_text("You kept my letter")
    line = page.locator(".captions p").first
    assert line.get_attribute("data-line").startswith("ep001_")


def test_subtitles_are_chosen_styled_and_put_away(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    wait_playing(page, 0)
    sheet = open_sheet(page, "l", "Languages")
    sheet.get_by_role("button", name="Español").last.click()
    sheet.get_by_role("button", name="Large").click()
    sheet.get_by_role("button", name="High").click()
    page.keyboard.press("Escape")
    captions = page.locator(".captions.large")
    expect(captions).to_contain_text("Guardaste mi carta")
    box, picture = place_of(captions), place_of(page.locator(".picture-box").first)
    assert box["y"] < picture["y"] + picture["height"] / 3
    page.keyboard.press("c")
    expect(page.locator(".captions")).to_have_count(0)


def test_the_next_episode_comes_by_key_and_its_language_stays(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    wait_playing(page, 0)
    sheet = open_sheet(page, "l", "Languages")
    sheet.get_by_role("button", name="Español").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    wait_playing(page, 1)
    assert page.url.endswith("/s/harbour-lights/e/2")
    assert abs(page.evaluate(TONE) - 660) < 20
    page.keyboard.press("k")
    wait_playing(page, 0)


def test_the_next_episode_comes_by_a_swipe(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    wait_playing(page, 0)
    box = page.locator(".stage").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6
    page.mouse.move(x, y)
    page.mouse.down()
    for part in range(8):
        page.mouse.move(x, y - part * box["height"] * 0.05)
    page.mouse.up()
    wait_playing(page, 1)


def test_the_next_episode_is_decoded_before_the_swipe(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    wait_playing(page, 0)
    page.wait_for_function("""() => [...document.querySelectorAll("video")]
        .some((v) => v.dataset.index === "1" && v.paused && v.readyState >= 2)""")
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/play" in r.url else None)
    page.keyboard.press("ArrowDown")
    page.wait_for_function("""() => [...document.querySelectorAll("video")]
        .some((v) => v.dataset.index === "1" && !v.paused && v.currentTime > 0)""")
    assert not any(url.endswith("/play") for url in asked), "its bundle was there already"


def test_a_tap_pauses_and_the_place_is_remembered(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1?t=5")
    wait_playing(page, 0)
    assert page.evaluate(CURRENT)["at"] > 4.9
    page.locator(".stage").click(position={"x": 60, "y": 300})
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => v.paused)")
    page.wait_for_function(
        "() => JSON.parse(localStorage['silkreel.places'] ?? '{}')['harbour-lights']?.at > 4.5"
    )
    page.goto("/s/harbour-lights")
    page.get_by_role("link", name="Continue · episode 1").click()
    wait_playing(page, 0)
    assert page.evaluate(CURRENT)["at"] > 4.5


def test_a_link_with_a_line_opens_at_that_line(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    page.evaluate("localStorage.setItem('silkreel.preferences', JSON.stringify({subtitles: 'es'}))")
    page.goto("/s/harbour-lights/e/1?t=ep001_0003")
    page.wait_for_function(
        "() => [...document.querySelectorAll('video')].some((v) => v.currentTime > 6)"
    )


def test_the_whole_way_by_keyboard(phone):
    page = phone.page
    page.goto("/s/harbour-lights/e/1")
    wait_playing(page, 0)
    page.keyboard.press("m")
    assert page.evaluate("[...document.querySelectorAll('video')].every((v) => v.muted)")
    page.keyboard.press(" ")
    page.wait_for_function("() => [...document.querySelectorAll('video')].every((v) => v.paused)")
    sheet = open_sheet(page, "e", "Episodes")
    expect(sheet.locator("[aria-current]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Harbour Lights")).to_be_visible()
    assert page.url.endswith("/s/harbour-lights")


def test_a_landscape_series_ends_with_a_way_on(phone):
    page = phone.page
    page.goto("/s/last-ferry/e/1")
    expect(page.get_by_role("heading", name="The end")).to_be_visible(timeout=30_000)
    box = page.locator(".picture-box").first.bounding_box()
    assert abs(box["width"] / box["height"] - 16 / 9) < 0.02
    page.get_by_role("button", name="Watch again").click()
    page.wait_for_function(PLAYING % 0)


def test_the_interface_changes_its_language_at_once(phone):
    page = phone.page
    page.goto("/")
    page.get_by_role("button", name="Language of the app").click()
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("button", name="Buscar")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "es"
    page.reload()
    expect(page.get_by_role("button", name="Buscar")).to_be_visible()


def test_a_lost_connection_is_said_in_one_sentence_with_a_way_on(phone):
    page = phone.page
    page.goto("/s/harbour-lights")
    expect(page.get_by_role("heading", name="Harbour Lights")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("link", name="Play", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("No connection")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    wait_playing(page, 0)
    phone.complaints[:] = [c for c in phone.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def test_nothing_is_wider_than_the_screen_and_targets_are_large(phone, size):
    page = phone.page
    for path in ("/", "/s/harbour-lights", "/s/harbour-lights/e/1"):
        page.goto(path)
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        small = page.evaluate("""() => [...document.querySelectorAll("button, .button, a.icon-button")]
          .filter((e) => e.checkVisibility({visibilityProperty: true}))
          .map((e) => [e.className, e.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.height < 40 || box.width < 40))
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)""")
        assert json.dumps(small) == "[]"
