"""Scenes retold as prose, and what a series is sold by: nothing lost, repeated, given away or claimed."""

import json
import shutil
from dataclasses import replace

import pytest
import yaml

from assisted import AT, always, parts_of, run, settings, told_in
from fault_server import fault_server
from silkreel.engines.chat import AnswerUnusable
from silkreel.story.assist.asking import NoLanguage
from silkreel.story.assist.deciding import Stale, edit_of, with_proposal, without
from silkreel.story.assist.marketing import series_material
from silkreel.story.assist.novelising import AllTold
from silkreel.story.assist.record import add_decision, read_record
from silkreel.story.checking import check, look_into, read_chapters
from silkreel.story.forms.po import Translations, Wording
from silkreel.story.project import open_story
from silkreel.story.stamping import new_story, replace_file

MEI, LEO, HOOK = "ep001_lobby_Q4ZA", "ep001_lobby_M8RD", "ep001_lobby_7K2M"
TWIST, LETTER, OUT = "ep001_lobby_X1TB", "ep001_lobby_5WCE", "ep001_lobby_N3VG"
HIDDEN = "ep001_lobby_P0YK"  # in the game only
SPOKEN = [MEI, LEO, TWIST, LETTER, OUT]


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    """The starter without its novel, and with its twist marked as one not to be told."""
    folder = tmp_path_factory.mktemp("starter")
    new_story("desk", folder)
    shutil.rmtree(folder / "desk" / "novel")
    script = folder / "desk" / "script" / "ep001.ink"
    told = script.read_text("utf-8").replace("#beat:reversal", "#beat:reversal #spoiler")
    script.write_text(told, "utf-8")
    return folder / "desk", look_into(open_story(folder / "desk"))


@pytest.fixture
def folder(starter, tmp_path):
    shutil.copytree(starter[0], tmp_path / "desk")
    return tmp_path / "desk"


@pytest.fixture
def evidence(starter, folder):
    return replace(starter[1], story=open_story(folder))


def block(line="", text="", scene="ep001.lobby"):
    return {"scene": scene, "text": text, "line": line}


PROSE = {
    "blocks": [
        block(text="The key had left a green shadow on the desk."),
        block(MEI, "she said, and went on writing."),
        block(LEO),
        block(TWIST, "The drops fell from his sleeves."),
        block(LETTER),
        block(OUT),
    ],
    "omitted": [HOOK],
}
COPY = {
    "titles": ["La llave del 304"],
    "loglines": ["Un hombre vuelve a un hotel por algo que dejó hace tres años."],
    "hooks": ["¿Qué dejó en la habitación?"],
    "covers": [{"title_line": "Habitación 304", "brief": "Una mano sobre una llave de latón."}],
    "tags": ["suspense", "hermanos"],
    "clips": [{"from": HOOK, "to": LEO, "why": "ends on his claim"}],
}


def wrong(answer, *path, value):
    made = json.loads(json.dumps(answer))
    here = made
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return made


def less(answer, name, at):
    made = json.loads(json.dumps(answer))
    del made[name][at]
    return made


BAD = [
    ("novelize", json.dumps(PROSE)[:90], "cut off"),
    ("novelize", "Once upon a time", "no JSON"),
    ("novelize", {"blocks": []}, "half of it"),
    ("novelize", {**PROSE, "patches": [{"id": MEI, "text": "I obey."}]}, "a change of the script"),
    ("novelize", less(PROSE, "blocks", 2), "a line is lost"),
    ("novelize", less(PROSE, "omitted", 0), "an action is lost"),
    ("novelize", wrong(PROSE, "omitted", value=[HOOK, MEI]), "quoted and omitted"),
    ("novelize", wrong(PROSE, "blocks", 2, "line", value=MEI), "quoted twice"),
    ("novelize", wrong(PROSE, "blocks", 2, "line", value="ep009_x_0000"), "an invented id"),
    ("novelize", wrong(PROSE, "blocks", 2, "line", value=HIDDEN), "a line of the game only"),
    ("novelize", wrong(PROSE, "blocks", 2, "line", value="ep002_room_T5MR"), "another episode"),
    ("novelize", wrong(PROSE, "blocks", value=PROSE["blocks"][::-1]), "out of order"),
    ("novelize", wrong(PROSE, "blocks", 0, "scene", value="ep009.sea"), "no scene"),
    ("novelize", wrong(PROSE, "blocks", 0, "text", value="He said {{line:ep002_room_T5MR}}"), "markup"),
    ("novelize", wrong(PROSE, "blocks", 0, "text", value=":::play ep001.lobby"), "a door"),
    ("novelize", wrong(PROSE, "blocks", 0, "text", value="## Chapter"), "a heading"),
    ("novelize", wrong(PROSE, "blocks", 0, "text", value="“It was let to me. Three years ago.”"), "repeats"),
    ("novelize", wrong(PROSE, "blocks", 0, "text", value=""), "an empty block"),
    ("marketing", json.dumps(COPY)[:90], "cut off"),
    ("marketing", {"titles": ["x"]}, "half of it"),
    ("marketing", {**COPY, "patches": []}, "more than was asked for"),
    ("marketing", wrong(COPY, "titles", 0, value="x" * 61), "too long a title"),
    ("marketing", wrong(COPY, "hooks", 0, value="The man in that room drowned."), "gives it away"),
    ("marketing", wrong(COPY, "hooks", 0, value="El hombre de aquella habitación se ahogó"), "translated"),
    ("marketing", wrong(COPY, "covers", 0, "brief", value="He had MY eyes; the man in that room, drowned"),
     "gives it away on a cover"),
    ("marketing", wrong(COPY, "titles", 0, value="La llave: GRATIS"), "a claim"),
    ("marketing", wrong(COPY, "tags", 0, value="No. 1"), "a rank"),
    ("marketing", wrong(COPY, "tags", 0, value="悬疑"), "another language"),
    ("marketing", wrong(COPY, "titles", 0, value="El cuarto 304"), "a word the terms forbid"),
    ("marketing", wrong(COPY, "clips", 0, "to", value="ep009_x_0000"), "an invented id"),
    ("marketing", wrong(COPY, "clips", 0, "to", value=HIDDEN), "a line of the game only"),
    ("marketing", wrong(COPY, "clips", 0, "to", value=LETTER), "through the spoiler"),
    ("marketing", wrong(COPY, "clips", 0, value={"from": LETTER, "to": OUT, "why": "x"}), "the pay-off"),
    ("marketing", wrong(COPY, "clips", 0, value={"from": LEO, "to": HOOK, "why": "x"}), "backwards"),
    ("marketing", {name: [] for name in COPY}, "nothing"),
]  # fmt: skip


@pytest.fixture
def worded(folder, evidence):
    """The story with its twist in Spanish, and a word that Spanish must not use."""
    text = (folder / "story.yaml").read_text("utf-8")
    text = text.replace("{es: habitación 304}}", "{es: habitación 304}, forbidden: {es: [cuarto]}}")
    (folder / "story.yaml").write_text(text, "utf-8")
    twist = "El hombre de aquella habitación se ahogó. Tenía mis ojos."
    known = Translations("es", (Wording(TWIST, twist, ""),))
    return replace(evidence, story=open_story(folder), translations={"es": known})


@pytest.mark.parametrize(("task", "answer", "why"), BAD, ids=[f"{t}: {w}" for t, _, w in BAD])
def test_a_bad_answer_is_asked_again_twice_and_then_kept_as_a_failure(
    task, answer, why, folder, worded, tmp_path
):
    with fault_server(always(answer)) as server:
        told = settings(tmp_path, server.url)
        parts = parts_of(worded, told, task, language="es")
        with pytest.raises(AnswerUnusable):
            run(folder, parts, told)
    assert len(server.requests) == 3, why
    assert [call.outcome for call in read_record(folder).calls] == ["failed"]
    assert read_record(folder).proposals == ()


def asked(folder, evidence, tmp_path, task, answer, **more):
    with fault_server(always(answer)) as server:
        told = settings(tmp_path, server.url)
        step = run(folder, parts_of(evidence, told, task, **more), told)
    return step.asked.proposals, server


def taken(folder, proposal):
    story = open_story(folder)
    path, text = with_proposal(story, proposal)
    edit = edit_of(story, path, text)
    (folder / path).parent.mkdir(exist_ok=True)
    replace_file(folder / path, text)
    add_decision(folder, proposal.number, "accepted", "anna", AT, edit)
    return path


def test_a_scene_becomes_a_chapter_that_quotes_its_lines_and_passes_the_checks(
    folder, evidence, tmp_path
):
    script = (folder / "script/ep001.ink").read_bytes()
    [proposal], _ = asked(folder, evidence, tmp_path, "novelize", PROSE)
    assert (proposal.change.place, proposal.change.reason) == (
        "ep001.lobby",
        f"told without: {HOOK}",
    )
    assert taken(folder, proposal) == "novel/ch001.md"
    [chapter] = read_chapters(folder)
    assert (chapter.title, chapter.adapts) == ("The Night Desk", ("ep001.lobby",))
    assert list(chapter.quotes) == SPOKEN
    assert f"{{{{line:{MEI}|comma}}}} she said" in (folder / "novel/ch001.md").read_text("utf-8")
    assert f"{{{{line:{TWIST}}}}} The drops" in (folder / "novel/ch001.md").read_text("utf-8")
    assert (folder / "script/ep001.ink").read_bytes() == script
    findings = check(look_into(open_story(folder)))
    prose = [each for each in findings if each.code in {"DRM010", "DRM302", "DRM304", "DRM306"}]
    assert prose == []


SECOND = {
    "blocks": [
        block("ep002_room_T5MR", scene="ep002.room"), block("ep002_room_H1DS", scene="ep002.room"),
        block(text="The lamp was on.", scene="ep002.room"),
    ],
    "omitted": [],
}  # fmt: skip


def test_a_scene_that_a_chapter_tells_is_not_told_twice_and_undone_it_may_be(
    folder, evidence, tmp_path
):
    [proposal], _ = asked(folder, evidence, tmp_path, "novelize", PROSE)
    taken(folder, proposal)
    with pytest.raises(Stale, match=r"novel/ch001\.md tells ep001\.lobby already"):
        with_proposal(open_story(folder), proposal)
    known = replace(evidence, chapters=read_chapters(folder))
    with pytest.raises(AllTold, match=r"novel/ch001\.md"):
        parts_of(known, settings(tmp_path, "http://x"), "novelize")
    path, text = without(open_story(folder), read_record(folder).accepted(proposal.number))
    assert (path, text) == ("novel/ch001.md", "")
    replace_file(folder / path, text)
    add_decision(folder, proposal.number, "open", "anna", AT)
    assert read_chapters(folder) == ()
    assert with_proposal(open_story(folder), proposal)


def test_a_scene_comes_into_its_episodes_chapter_in_the_order_of_the_script(
    folder, evidence, tmp_path
):
    script = folder / "script/ep001.ink"
    text = script.read_text("utf-8").replace(
        "LEO: Then you know",
        "-> stairs\n= stairs\n# scene:INT. STAIRS - NIGHT # loc:lobby\nLEO: Then you know",
    )
    script.write_text(text, "utf-8")
    after = look_into(open_story(folder))
    first = {
        "blocks": [block(MEI), block(LEO), block(TWIST),
                   block(LETTER, scene="ep001.stairs"), block(OUT, scene="ep001.stairs")],
        "omitted": [HOOK],
    }  # fmt: skip
    (lobby, stairs), _ = asked(folder, after, tmp_path, "novelize", first)
    taken(folder, stairs)
    taken(folder, lobby)
    [chapter] = read_chapters(folder)
    assert chapter.adapts == ("ep001.lobby", "ep001.stairs")
    assert list(chapter.quotes) == SPOKEN
    assert len({each.id for each in chapter.blocks}) == 5


def test_a_line_reworded_meanwhile_takes_the_prose_of_its_scene_with_it(folder, evidence, tmp_path):
    [proposal], _ = asked(folder, evidence, tmp_path, "novelize", PROSE)
    script = folder / "script/ep001.ink"
    script.write_text(script.read_text("utf-8").replace("not let, sir", "free, sir"), "utf-8")
    with pytest.raises(Stale, match="changed since"):
        with_proposal(open_story(folder), proposal)


def test_approved_scenes_may_be_retold_for_their_script_stays(folder, evidence, tmp_path):
    script = folder / "script/ep001.ink"
    final = script.read_text("utf-8").replace("# budget:30s", "# budget:30s # ws:final")
    script.write_text(final, "utf-8")
    known = replace(evidence, story=open_story(folder))
    [proposal], _ = asked(folder, known, tmp_path, "novelize", PROSE)
    taken(folder, proposal)
    assert script.read_text("utf-8") == final


def test_copy_lands_text_by_text_in_the_file_of_its_language_and_comes_out_again(
    folder, worded, tmp_path
):
    proposals, _ = asked(folder, worded, tmp_path, "marketing", COPY, language="es")
    assert [p.change.place for p in proposals] == [
        "titles", "loglines", "hooks", "tags", "tags", "covers", "clips",
    ]  # fmt: skip
    for each in proposals:
        assert taken(folder, each) == "marketing/es.yaml"
    there = yaml.safe_load((folder / "marketing/es.yaml").read_text("utf-8"))
    assert there == COPY
    with pytest.raises(Stale):
        with_proposal(open_story(folder), proposals[0])
    for each in reversed(proposals):
        path, text = without(open_story(folder), read_record(folder).accepted(each.number))
        replace_file(folder / path, text)
        add_decision(folder, each.number, "open", "anna", AT)
    assert (folder / "marketing/es.yaml").read_text("utf-8") == ""


def test_who_writes_the_copy_is_never_told_what_it_must_not_give_away(folder, worded, tmp_path):
    _, server = asked(folder, worded, tmp_path, "marketing", COPY, language="es")
    sent = json.dumps(server.requests, ensure_ascii=False)
    assert "drowned" not in sent
    assert "se ahogó" not in sent
    told = told_in(server.requests[0])
    assert [each["id"] for each in told["episodes"][0]["lines"]] == [HOOK, MEI, LEO, LETTER, OUT]
    assert told["target_language"] == "es"


def test_a_long_series_is_told_from_its_beginning_and_no_further_than_one_question_holds(
    folder, worded, tmp_path
):
    told = settings(tmp_path, "http://x")
    [wanted] = parts_of(worded, told, "marketing", language="es")
    assert wanted.material.document["episodes_in_all"] == len(wanted.material.document["episodes"])
    short = series_material(worded, "es", "", 60, told.folder)
    assert short.canon_ids == wanted.material.canon_ids[: len(short.canon_ids)]
    assert 0 < len(short.canon_ids) < len(wanted.material.canon_ids)


def test_the_operators_own_claims_are_held_against_copy_too(folder, worded, tmp_path):
    own = tmp_path / "home" / "prompts" / "banned_claims.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("es:\n  - {words: [latón], because: our lawyer says so}\n", "utf-8")
    with pytest.raises(AnswerUnusable, match="our lawyer says so"):
        asked(folder, worded, tmp_path, "marketing", COPY, language="es")


def test_copy_without_a_language_is_no_order(evidence, tmp_path):
    with pytest.raises(NoLanguage):
        parts_of(evidence, settings(tmp_path, "http://x"), "marketing")


PATCH = {"patches": [{"id": MEI, "text": "304 is gone, sir.", "reason": "colder"}]}


def test_any_accepted_proposal_can_be_taken_back_while_it_stands(folder, evidence, tmp_path):
    script = folder / "script/ep001.ink"
    before = script.read_bytes()
    [proposal], _ = asked(folder, evidence, tmp_path, "punch_up", PATCH)
    taken(folder, proposal)
    assert script.read_bytes() != before
    path, text = without(open_story(folder), read_record(folder).accepted(proposal.number))
    replace_file(folder / path, text)
    assert script.read_bytes() == before
