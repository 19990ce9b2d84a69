"""The novel in the app: real chapters, a real browser, what a reader does and sees."""

from playwright.sync_api import expect

CHAPTER = "/s/harbour-lights/c/1"
FIRST_IN_VIEW = """() => [...document.querySelectorAll("[data-block]")]
  .find((each) => each.getBoundingClientRect().bottom > 70)?.dataset.block"""


def open_chapter(page, path=CHAPTER):
    page.goto(path)
    expect(page.locator(".chapter h1")).to_be_visible()


def choose_text(page, *names):
    page.get_by_role("button", name="Text", exact=True).click()
    for name in names:
        page.get_by_role("dialog").get_by_role("button", name=name).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_chapter_is_opened_from_the_series_and_read_to_the_next(reader):
    page = reader.page
    page.goto("/s/harbour-lights")
    page.get_by_role("link", name="Read the novel").click()
    expect(page.get_by_role("heading", name="Low Tide")).to_be_visible()
    expect(page.get_by_text("The tide had gone so far out")).to_be_visible()
    page.get_by_role("link", name="Next chapter").click()
    expect(page.get_by_role("heading", name="The Light")).to_be_visible()
    expect(page.get_by_text("This is the last chapter so far.")).to_have_count(1)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Low Tide")).to_be_visible()


def test_the_place_in_a_chapter_is_found_again(reader):
    page = reader.page
    open_chapter(page)
    choose_text(page, "Larger text", "Larger text", "Wide")
    page.evaluate("document.querySelector('[data-block=ch001_V0XF]').scrollIntoView()")
    with page.expect_request(lambda r: r.url.endswith("/place") and r.method == "POST") as told:
        page.wait_for_timeout(1500)
    assert told.value.post_data_json["medium"] == "read"
    before = page.evaluate(FIRST_IN_VIEW)
    page.reload()
    expect(page.locator(".chapter h1")).to_be_attached()
    page.wait_for_function("() => scrollY > 300")
    assert page.evaluate(FIRST_IN_VIEW) == before
    assert page.locator(".reader.size-5.leading-wide").count() == 1, "how it looks is kept"


def test_pages_are_turned_by_key_and_by_tap(reader, size):
    page = reader.page
    open_chapter(page)
    choose_text(page, "Pages", "Larger text", "Paper")
    where = page.locator(".reader-where")
    expect(where).to_contain_text("Page 1 of")
    page.keyboard.press("ArrowRight")
    expect(where).to_contain_text("Page 2 of")
    page.mouse.click(20, size[1] / 2)
    expect(where).to_contain_text("Page 1 of")
    page.mouse.click(size[0] - 12, size[1] / 2)
    expect(where).to_contain_text("Page 2 of")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(250, 246, 238)"
    cut = page.evaluate("""() => [...document.querySelectorAll(".block p")]
      .some((p) => p.getBoundingClientRect().bottom > innerHeight - 40)""")
    assert not cut, "no line is under the foot"


def test_the_language_of_the_novel_is_switched_and_stays(reader):
    page = reader.page
    open_chapter(page)
    choose_text(page, "中文")
    expect(page.get_by_role("heading", name="退潮")).to_be_visible()
    assert page.locator(".chapter").get_attribute("lang") == "zh-Hans"
    assert page.evaluate("document.documentElement.lang") == "en", "the interface's is another"
    page.reload()
    expect(page.get_by_role("heading", name="退潮")).to_be_visible()


def test_a_machines_draft_says_that_it_is_one(reader):
    page = reader.page
    page.route("**/chapters/1?*", drafted)
    open_chapter(page)
    expect(page.get_by_text("Machine draft: nobody has checked this text yet.")).to_be_visible()


def drafted(route):
    answer = route.fetch()
    route.fulfill(response=answer, json=answer.json() | {"state": "draft"})


def test_a_paragraph_leads_to_its_scene_on_film_and_in_the_game(reader):
    page = reader.page
    open_chapter(page)
    block = page.locator("[data-block=ch001_6M3C]")
    assert block.get_by_role("link", name="Watch this").get_attribute("href").startswith(
        "/s/harbour-lights/e/1?t=ep001_"
    )  # fmt: skip
    assert block.get_by_role("link", name="Play this scene").get_attribute("href") == (
        "/s/harbour-lights/g?at=ep001.harbour"
    )
    block.locator(".line").click()
    sheet = page.get_by_role("dialog", name="This moment")
    expect(sheet).to_contain_text("You kept my letter all these years.")
    expect(sheet.get_by_role("link", name="Watch this")).to_have_attribute(
        "href", "/s/harbour-lights/e/1?t=ep001_0001"
    )
    expect(sheet.get_by_role("link", name="Play this scene")).to_be_visible()


def test_the_next_chapter_is_read_without_a_connection(reader):
    page = reader.page
    with page.expect_response("**/chapters/2?*"):
        open_chapter(page)
    page.wait_for_function("""async () => (await (await caches.open("silkreel.chapters")).keys())
      .some((each) => each.url.includes("/chapters/2"))""")
    page.context.set_offline(True)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="The Light")).to_be_visible()
    expect(page.get_by_text("this is the copy kept on this device")).to_be_visible()
    page.context.set_offline(False)
    reader.complaints[:] = [c for c in reader.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def test_a_locked_chapter_says_what_opens_it(reader):
    page = reader.page
    values = {"episode": "x", "number": 2, "episode_coins": 45, "price": "$0.90",
              "price_minor": 90, "currency": "USD"}  # fmt: skip
    body = {"code": "flows.episode_locked", "detail": "Locked.", "status": 402, "values": values}
    page.route("**/chapters/2?*", lambda route: route.fulfill(status=402, json=body))
    page.goto("/s/harbour-lights/c/2")
    expect(page.get_by_role("heading", name="This part is still locked")).to_be_visible()
    expect(page.get_by_text("Episode 2 opens for 45 coins (≈ $0.90).")).to_be_visible()
    expect(page.get_by_role("button", name="See the ways to open it")).to_be_visible()
    reader.complaints[:] = [c for c in reader.complaints if "402" not in c]


def test_nothing_is_wider_than_the_screen_and_targets_are_large(reader, size):
    page = reader.page
    open_chapter(page)
    for name in (None, "Chapters", "Text"):
        if name:
            page.get_by_role("button", name=name, exact=True).click()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        small = page.evaluate("""() => [...document.querySelectorAll("button:not(.mark), .button")]
          .filter((e) => e.checkVisibility({visibilityProperty: true}))
          .map((e) => [e.className, e.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.height < 40 || box.width < 40))
          .map(([name, box]) => `${name} ${box.width}x${box.height}`)""")
        assert small == []
        page.keyboard.press("Escape") if name == "Chapters" else None


# Debian's chromium has speechSynthesis and not one voice: what speaks here is a stand-in that keeps what it
# is told, and ends a sentence when the test says so. Everything else is the app's own.
STAND_IN = """(languages) => {
  const heard = [];
  let current = null;
  const voices = languages.map((lang, n) => ({ lang, name: lang, localService: true, default: n === 0 }));
  const speech = new EventTarget();
  Object.assign(speech, {
    heard, getVoices: () => voices,
    speak: (said) => { current = said; heard.push({ text: said.text, lang: said.lang, rate: said.rate }); },
    cancel: () => { const was = current; current = null; was?.onerror?.({ error: "canceled" }); },
    finish: () => { const was = current; current = null; was?.onend?.({}); return was !== null; },
    talking: () => current !== null,
  });
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.SpeechSynthesisUtterance = function (text) { this.text = text; };
}"""
HEARD = "() => speechSynthesis.heard"


def give_voices(page, *languages):
    page.add_init_script(f"({STAND_IN})({list(languages)!r})")


def test_a_chapter_is_read_aloud_paused_gone_on_with_and_ended(reader):
    page, asked = reader.page, []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2].split("?")[0]))
    give_voices(page, "zh_CN", "en-GB", "en-US")
    open_chapter(page)
    assert "aloud.js" not in asked, "what nobody pressed is not fetched"
    page.get_by_role("button", name="Read aloud").click()
    expect(page.locator(".spoken")).to_have_count(1)
    first = page.evaluate(HEARD)[0]
    assert (first["lang"], first["rate"]) == ("en-US", 1)
    assert page.locator(".spoken").inner_text().startswith(first["text"])

    page.get_by_role("button", name="Pause reading aloud").click()
    assert not page.evaluate("speechSynthesis.talking()")
    page.get_by_role("button", name="Go on reading aloud").click()
    assert page.evaluate(HEARD)[-1] == first, "it goes on with the sentence it stopped in"
    page.get_by_role("button", name="Reading speed: 1×").click()
    assert page.evaluate(HEARD)[-1] == {**first, "rate": 1.25}

    paragraphs = page.locator(".chapter > .block > p, .chapter > .block > h2").all_inner_texts()
    said, told = [first["text"]], set()
    for _ in range(500):
        told.add(page.evaluate("document.querySelector('.spoken')?.dataset.block"))
        page.evaluate("speechSynthesis.finish()")
        if not page.evaluate("speechSynthesis.talking()"):
            break
        said.append(page.evaluate(HEARD)[-1]["text"])
    assert "".join("".join(said).split()) == "".join("".join(paragraphs).split())
    assert len(told) == len([each for each in paragraphs if each.strip()])
    expect(page.locator(".spoken")).to_have_count(0)
    expect(page.get_by_role("button", name="Go on reading aloud")).to_be_visible()
    page.get_by_role("button", name="Stop reading aloud").click()
    expect(page.get_by_role("button", name="Read aloud", exact=True)).to_be_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_reading_aloud_begins_where_somebody_is_and_keeps_its_words_in_view(reader):
    page = reader.page
    give_voices(page, "en-US")
    page.goto(f"{CHAPTER}#ch001_V0XF")
    expect(page.locator(".chapter h1")).to_be_attached()
    page.evaluate("document.querySelector('[data-block=ch001_V0XF]').scrollIntoView()")
    with page.expect_request(lambda r: r.url.endswith("/place") and r.method == "POST") as place:
        pass
    page.get_by_role("button", name="Read aloud").click()
    spoken = page.locator(".spoken")
    expect(spoken).to_have_attribute("data-block", place.value.post_data_json["block"])
    expect(spoken).to_be_in_viewport()
    page.locator(".reader-top a").first.click()
    page.wait_for_function("() => !speechSynthesis.talking()")


def test_nothing_is_offered_where_no_voice_has_the_language(reader):
    page = reader.page
    give_voices(page, "zh-CN")
    open_chapter(page)
    expect(page.get_by_role("button", name="Chapters")).to_be_visible()
    expect(page.get_by_role("button", name="Read aloud")).to_have_count(0)
    choose_text(page, "中文")
    page.get_by_role("button", name="Read aloud").click()
    expect(page.locator(".spoken")).to_have_count(1)
    assert page.evaluate(HEARD)[0]["lang"] == "zh-CN"
