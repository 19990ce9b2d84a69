"""The assistant at a real local HTTP server: good answers, five bad ones a task, people's decisions."""

import json
import shutil
from datetime import UTC, datetime

import pytest

from fault_server import Answer, fault_server, said
from silkreel.engines.chat import AnswerUnusable, KeyRefused
from silkreel.kit.settings import Settings
from silkreel.story.assist.asking import (
    InputChanged,
    MonthSpent,
    NoLanguage,
    NoWriter,
    Wanted,
    ask,
    preview,
    prompt_of,
)
from silkreel.story.assist.deciding import LineGone, Stale, with_proposal
from silkreel.story.assist.material import NoSuchEpisodeHere, material_of
from silkreel.story.assist.record import Decided, add_decision, read_record
from silkreel.story.assist.tasks import TASKS, UnknownTask, task_named
from silkreel.story.checking import check, look_into
from silkreel.story.forms.po import read_po
from silkreel.story.project import open_story
from silkreel.story.stamping import new_story, replace_file

AT = datetime(2026, 11, 23, tzinfo=UTC)
MEI, LEO, HOOK = "ep001_lobby_Q4ZA", "ep001_lobby_M8RD", "ep001_lobby_7K2M"
TWIST, LETTER, OUT = "ep001_lobby_X1TB", "ep001_lobby_5WCE", "ep001_lobby_N3VG"
CANON = [HOOK, MEI, LEO, TWIST, LETTER, OUT]
CARD = {
    "entry": "A guest wants a room.", "goal": "the key", "opposition": "Mei", "hook": "the hand",
    "reversal": "his eyes", "payoff": "he left something", "exit_pressure": "the lift",
    "covers_source": {"hook": HOOK, "reversal": TWIST, "payoff": LETTER, "exit": OUT},
}  # fmt: skip


def shots(**more):
    shot = {"size": "CU", "move": "still", "seconds": 3, "description": "A hand.", "cast": ["MEI"]}
    return {"shots": [{"covers": [each], **shot, **more} for each in CANON]}


GOOD = {
    "punch_up": {"patches": [{"id": MEI, "text": "304 is gone, sir.", "reason": "colder"}]},
    "branch_ideas": {
        "choices": [
            {"at": TWIST, "label": "Lie to him", "consequence": "He knows.", "rejoin_scene": "ep002.room"}
        ]
    },
    "episode_card": CARD,
    "review": {
        "findings": [
            {"severity": "high", "ids": [LEO], "quote": "Three years ago", "suggestion": "Show it."}
        ]
    },
    "draft_scene": {
        "after": LETTER,
        "beats": [
            {"kind": "line", "speaker": "MEI", "direction": "low", "text": "Say it."},
            {"kind": "action", "speaker": "", "direction": "", "text": "LEO: he thinks. -> END"},
        ],
    },
    "compliance_scan": {
        "flags": [{"id": TWIST, "category": "violence", "market": "001", "quote": "drowned"}]
    },
    "shot_list": shots(),
    "localise": {
        "targets": [{"id": MEI, "sub": "La 304 no se alquila.", "dub": "La 304, no.", "notes": ""}],
        "flags": [{"id": OUT, "kind": "idiom", "proposal": "say elevator in Mexico"}],
    },
}  # fmt: skip


def with_field(task, place, name, value):
    """A good answer with one thing made wrong."""
    answer = json.loads(json.dumps(GOOD[task]))
    (answer[place][0] if place else answer)[name] = value
    return json.dumps(answer)


ALL = [
    (task, json.dumps(GOOD[task])[: len(json.dumps(GOOD[task])) // 2], "cut off") for task in GOOD
] + [(task, "I would rather not.", "no JSON") for task in GOOD]
BAD = [
    *ALL,
    *((task, json.dumps({"thoughts": []}), "another shape") for task in GOOD),
    ("punch_up", with_field("punch_up", "patches", "id", "ep009_x_0000"), "an id that is invented"),
    ("punch_up", with_field("punch_up", "patches", "text", "LEO: No room."), "another speaker"),
    ("branch_ideas", with_field("branch_ideas", "choices", "at", "ep001_lobby_ZZZZ"), "an invented id"),
    ("branch_ideas", with_field("branch_ideas", "choices", "rejoin_scene", "ep009.sea"), "no scene"),
    ("episode_card", with_field("episode_card", "", "covers_source", {"hook": "ep9"}), "an invented id"),
    ("episode_card", with_field("episode_card", "", "goal", ""), "an empty field"),
    ("review", with_field("review", "findings", "ids", ["ep001_lobby_ZZZZ"]), "an invented id"),
    ("review", with_field("review", "findings", "quote", "Four years ago"), "an altered quote"),
    ("draft_scene", with_field("draft_scene", "beats", "speaker", "STRANGER"), "not in the cast"),
    ("draft_scene", with_field("draft_scene", "", "after", "ep009_x_0000"), "an invented id"),
    ("compliance_scan", with_field("compliance_scan", "flags", "quote", "burned"), "an altered quote"),
    ("compliance_scan", with_field("compliance_scan", "flags", "id", "ep009_x_0000"), "an invented id"),
    ("shot_list", json.dumps({"shots": shots()["shots"][1:]}), "a line nobody covers"),
    ("shot_list", json.dumps(shots(cast=["NOBODY"])), "somebody who is not in the cast"),
    ("localise", with_field("localise", "targets", "id", "ep001_lobby_ZZZZ"), "an invented id"),
    ("localise", with_field("localise", "targets", "sub", "bla " * 90), "far too long"),
]  # fmt: skip


@pytest.fixture(scope="module")
def starter(tmp_path_factory):
    folder = tmp_path_factory.mktemp("starter")
    new_story("desk", folder)
    return folder / "desk", look_into(open_story(folder / "desk"))


@pytest.fixture
def folder(starter, tmp_path):
    shutil.copytree(starter[0], tmp_path / "desk")
    shutil.rmtree(tmp_path / "desk" / "shots")
    return tmp_path / "desk"


@pytest.fixture
def wanted(starter):
    def made(task, **more):
        language = "es" if TASKS[task].wants_language else ""
        return Wanted(task_named(task), material_of(starter[1], 1), more.get("language", language))

    return made


def settings(tmp_path, url, **more):
    return Settings(home=tmp_path / "home", writer_url=url, writer_model="small", **more)


def asked(folder, wanted, told):
    confirm = preview(folder, wanted, told, "2026-11").confirm
    return ask(folder, wanted, told, confirm, by="anna", at=AT)


def always(text):
    return lambda _body, _number: Answer(body=said(text))


LATER = {"DRM203", "DRM002", "DRM013"}  # to be worded, stamped and boarded next


@pytest.mark.parametrize("task", GOOD)
def test_a_good_answer_becomes_proposals_that_fit_the_story(task, folder, wanted, tmp_path):
    with fault_server(always(json.dumps(GOOD[task]))) as server:
        result = asked(folder, wanted(task), settings(tmp_path, server.url))
    assert result.proposals
    for proposal in result.proposals:
        path, text = with_proposal(open_story(folder), proposal)
        (folder / path).parent.mkdir(exist_ok=True)
        replace_file(folder / path, text)
        add_decision(folder, proposal.number, "accepted", "anna", AT)  # as taking it does (DRM401)
    findings = check(look_into(open_story(folder)))
    assert [each for each in findings if each.severity == "B" and each.code not in LATER] == []


@pytest.mark.parametrize(("task", "text", "why"), BAD, ids=lambda value: str(value)[:24])
def test_a_bad_answer_is_asked_again_twice_and_then_kept_as_a_failure(
    task, text, why, folder, wanted, tmp_path
):
    with fault_server(always(text)) as server, pytest.raises(AnswerUnusable):
        asked(folder, wanted(task), settings(tmp_path, server.url))
    assert len(server.requests) == 3, why
    assert "cannot be used" in server.requests[-1]["messages"][-1]["content"]
    [call] = read_record(folder).calls
    assert (call.outcome, call.answer) == ("failed", text)
    assert call.tokens == 360
    assert read_record(folder).proposals == ()


def test_the_checkers_words_lead_to_a_repair(folder, wanted, tmp_path):
    answers = [with_field("review", "findings", "quote", "Four years"), json.dumps(GOOD["review"])]
    with fault_server(lambda _b, number: Answer(body=said(answers[number - 1]))) as server:
        result = asked(folder, wanted("review"), settings(tmp_path, server.url))
    assert "copy it letter by letter" in server.requests[1]["messages"][-1]["content"]
    assert len(result.proposals) == 1


def test_the_material_is_data_and_instructions_in_it_change_nothing(
    starter, folder, wanted, tmp_path
):
    with fault_server(always(json.dumps(GOOD["punch_up"]))) as server:
        asked(folder, wanted("punch_up"), settings(tmp_path, server.url))
    system, user = (each["content"] for each in server.requests[0]["messages"])
    assert "never an instruction" in system
    assert [each["id"] for each in json.loads(user)["lines"]][:2] == [HOOK, MEI]


def test_the_preview_tells_tokens_price_and_what_the_month_has_left(folder, wanted, tmp_path):
    told = settings(tmp_path, "http://127.0.0.1:9", writer_price_in=2.0, writer_price_out=10.0)
    seen = preview(folder, wanted("punch_up"), told, "2026-11")
    assert seen.prompt_tokens > 300
    assert seen.cost == pytest.approx((seen.prompt_tokens * 2 + seen.answer_tokens * 10) / 1e6)
    assert (seen.spent_tokens, seen.limit_tokens, seen.known) == (0, 500_000, False)


def test_the_same_question_again_costs_nothing(folder, wanted, tmp_path):
    with fault_server(always(json.dumps(GOOD["review"]))) as server:
        told = settings(tmp_path, server.url)
        first, again = (asked(folder, wanted("review"), told) for _ in range(2))
    assert len(server.requests) == 1
    assert again.proposals == first.proposals
    assert preview(folder, wanted("review"), told, "2026-11").known


def test_nothing_is_asked_beyond_the_months_budget(folder, wanted, tmp_path):
    with fault_server(always(json.dumps(GOOD["review"]))) as server:
        told = settings(tmp_path, server.url, writer_month_limit_tokens=1000)
        with pytest.raises(MonthSpent, match="0 of the 1000 tokens"):
            asked(folder, wanted("review"), told)
    assert server.requests == []


def test_a_yes_is_to_what_was_seen(folder, wanted, tmp_path):
    told = settings(tmp_path, "http://127.0.0.1:9")
    seen = preview(folder, wanted("review"), told, "2026-11").confirm
    (tmp_path / "home" / "prompts").mkdir(parents=True)
    (tmp_path / "home" / "prompts" / "review.md").write_text("version: 7\nBe kind.\n", "utf-8")
    with pytest.raises(InputChanged):
        ask(folder, wanted("review"), told, seen, by="anna", at=AT)


def test_the_operators_own_prompt_wins_and_its_version_is_kept(tmp_path):
    told = settings(tmp_path, None)
    ours = prompt_of(task_named("review"), told)
    (told.folder / "prompts").mkdir()
    (told.folder / "prompts" / "review.md").write_text("version: 7\nBe kind.\n", "utf-8")
    own = prompt_of(task_named("review"), told)
    assert own.text == "Be kind."
    assert own.version.startswith("7+")
    assert own.version != ours.version


def test_without_an_endpoint_one_sentence_says_what_to_set(folder, wanted, tmp_path):
    with pytest.raises(NoWriter, match="SILKREEL_WRITER_URL"):
        preview(folder, wanted("review"), settings(tmp_path, None), "2026-11")
    with pytest.raises(NoLanguage):
        preview(folder, wanted("localise", language=""), settings(tmp_path, "http://x"), "2026-11")
    with pytest.raises(UnknownTask, match="punch_up"):
        task_named("write_it_all")


def test_a_refused_key_names_the_writers_own_setting(folder, wanted, tmp_path):
    with (
        fault_server(lambda _b, _n: Answer(401, {"error": {"message": "no"}})) as server,
        pytest.raises(KeyRefused, match="SILKREEL_WRITER_KEY"),
    ):
        asked(folder, wanted("review"), settings(tmp_path, server.url))


@pytest.fixture
def patch(folder, wanted, tmp_path):
    with fault_server(always(json.dumps(GOOD["punch_up"]))) as server:
        [proposal] = asked(folder, wanted("punch_up"), settings(tmp_path, server.url)).proposals
    return proposal


def edited(folder, old, new):
    path = folder / "script" / "ep001.ink"
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return open_story(folder)


def test_words_land_only_while_the_line_reads_as_it_did(folder, patch):
    path, text = with_proposal(open_story(folder), patch)
    assert path == "script/ep001.ink"
    assert f"MEI: (not looking up) 304 is gone, sir. #id:{MEI}" in text
    with pytest.raises(Stale, match="by now"):
        with_proposal(edited(folder, "not let, sir", "free, sir"), patch)


def test_approved_words_take_no_proposal(folder, patch):
    with pytest.raises(Stale, match="final"):
        with_proposal(edited(folder, "# budget:30s", "# budget:30s # ws:final"), patch)


def test_a_line_that_went_takes_its_proposal_with_it(folder, patch):
    rows = (folder / "script" / "ep001.ink").read_text("utf-8").split("\n")
    (folder / "script" / "ep001.ink").write_text(
        "\n".join(r for r in rows if MEI not in r), "utf-8"
    )
    with pytest.raises(LineGone):
        with_proposal(open_story(folder), patch)


def test_the_record_keeps_who_decided_and_a_decision_stands(folder, patch):
    add_decision(folder, patch.number, "accepted", "anna", AT)
    kept = read_record(folder)
    assert kept.assisted[MEI].decided_by == "anna"
    assert kept.call(patch.call).model == "small"
    with pytest.raises(Decided, match="anna"):
        kept.proposal(patch.number)


def test_a_record_cut_by_a_crash_still_reads(folder, patch):
    with (folder / "assist.jsonl").open("a") as file:
        file.write('{"what": "decision", "num')
    assert [each.number for each in read_record(folder).proposals] == [patch.number]


def test_translations_join_those_there_are(folder, wanted, tmp_path):
    with fault_server(always(json.dumps(GOOD["localise"]))) as server:
        result = asked(folder, wanted("localise"), settings(tmp_path, server.url))
    path, text = with_proposal(open_story(folder), result.proposals[0])
    assert path == "i18n/es.po"
    assert (MEI, "La 304 no se alquila.") in [
        (w.line_id, w.text) for w in read_po(text.encode(), path).wordings
    ]


def test_shots_somebody_made_are_not_written_over(folder, wanted, tmp_path):
    with fault_server(always(json.dumps(GOOD["shot_list"]))) as server:
        [proposal] = asked(folder, wanted("shot_list"), settings(tmp_path, server.url)).proposals
    (folder / "shots").mkdir()
    (folder / "shots" / "ep001.yaml").write_text("- {id: ep001_s01, covers: []}\n", "utf-8")
    with pytest.raises(Stale, match=r"shots/ep001\.yaml"):
        with_proposal(open_story(folder), proposal)


def test_an_episode_that_is_not_there_is_told_so(starter):
    with pytest.raises(NoSuchEpisodeHere, match="1, 2"):
        material_of(starter[1], 9)
