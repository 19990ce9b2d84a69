"""`silkreel story assist`, `proposals`, `accept`, `reject` at a local server, and without one."""

import json

import yaml

from assisted import NOVEL, always, split_by
from fault_server import Answer, fault_server, said

PATCHES = {
    "patches": [
        {"id": "ep001_lobby_Q4ZA", "text": "304 is gone, sir.", "reason": "colder"},
        {"id": "ep001_lobby_M8RD", "text": "It was mine.", "reason": "shorter"},
    ]
}

CARD = {
    "entry": "林晚在雨夜回到酒店。", "picks_up": "", "goal": "她要回三〇四。", "opposition": "梅姐不租。",
    "hook": {"text": "雨水顺着袖口往下滴。", "quote": "雨水顺着袖口往下滴"},
    "reversals": [{"text": "房间不出租。", "quote": "三〇四不出租"}],
    "payoff": {"text": "", "quote": ""},
    "exit_pressure": {"text": "三年前发生了什么？", "quote": "梅姐头也不抬"},
}  # fmt: skip
SCENE = {
    "inside": True, "location": "hotel_desk", "time": "NIGHT",
    "beats": [
        {"kind": "action", "speaker": "", "direction": "", "text": "雨水滴落。", "beat": "hook"},
        {"kind": "line", "speaker": "梅姐", "direction": "", "text": "不出租。", "beat": "reversal"},
    ],
}  # fmt: skip


def test_proposals_are_asked_listed_taken_and_put_away(silkreel, tmp_path, monkeypatch):
    assert silkreel(tmp_path, "story", "new", "desk", "--into", str(tmp_path)).returncode == 0
    folder = str(tmp_path / "desk")
    without = silkreel(tmp_path, "story", "assist", "punch_up", folder)
    assert without.returncode == 1
    assert "SILKREEL_WRITER_URL" in without.stderr
    with fault_server(lambda _body, _number: Answer(body=said(json.dumps(PATCHES)))) as server:
        monkeypatch.setenv("SILKREEL_WRITER_URL", server.url)
        monkeypatch.setenv("SILKREEL_WRITER_PRICE_IN", "1")
        monkeypatch.setenv("SILKREEL_WRITER_PRICE_OUT", "2")
        seen = silkreel(tmp_path, "story", "assist", "punch_up", folder, "--preview")
        assert " USD, 0 of 500000 used this month." in seen.stdout, seen.stderr
        assert server.requests == []
        asked = silkreel(tmp_path, "story", "assist", "punch_up", folder)
        assert "2 proposals" in asked.stdout, asked.stderr
    listed = json.loads(silkreel(tmp_path, "story", "proposals", folder, "--json").stdout)
    first, second = (each["number"] for each in listed)
    assert listed[0]["model"] == "small"
    assert silkreel(tmp_path, "story", "accept", folder, str(first)).returncode == 0
    assert silkreel(tmp_path, "story", "reject", folder, str(second)).returncode == 0
    script = (tmp_path / "desk" / "script" / "ep001.ink").read_text("utf-8")
    assert "304 is gone, sir." in script
    assert "It was let to me." in script
    again = silkreel(tmp_path, "story", "accept", folder, str(first))
    assert again.returncode == 1
    assert "has decided on this proposal already" in again.stderr
    states = silkreel(tmp_path, "story", "proposals", folder).stdout
    assert "accepted" in states
    assert "rejected" in states


def test_a_novel_begins_a_story_is_split_and_its_plan_taken_back(silkreel, tmp_path, monkeypatch):
    (tmp_path / "novel.txt").write_text(NOVEL, "utf-8")
    folder = str(tmp_path / "story")
    novel = str(tmp_path / "novel.txt")
    brought = silkreel(tmp_path, "story", "source", folder, novel, "--language", "zh")
    assert "3 chapters, 8 paragraphs" in brought.stdout, brought.stderr
    with fault_server(split_by(2)) as server:
        monkeypatch.setenv("SILKREEL_WRITER_URL", server.url)
        seen = silkreel(tmp_path, "story", "assist", "split_novel", folder, "--preview")
        assert seen.stdout.startswith("About "), seen.stderr
        assert server.requests == []
        asked = silkreel(tmp_path, "story", "assist", "split_novel", folder)
        assert "4 proposals" in asked.stdout, asked.stderr
    listed = json.loads(silkreel(tmp_path, "story", "proposals", folder, "--json").stdout)
    number = str(listed[0]["number"])
    assert silkreel(tmp_path, "story", "accept", folder, number).returncode == 0
    plan = tmp_path / "story" / "source" / "episodes.yaml"
    assert "first: 1" in plan.read_text("utf-8")
    assert "Taken out of" in silkreel(tmp_path, "story", "undo", folder, number).stdout
    assert not plan.exists()
    again = silkreel(tmp_path, "story", "undo", folder, number)
    assert again.returncode == 1
    assert "nothing to take back" in again.stderr


def test_a_planned_episode_gets_its_card_and_then_its_scene(silkreel, tmp_path, monkeypatch):
    (tmp_path / "novel.txt").write_text(NOVEL, "utf-8")
    place = tmp_path / "story"

    def command(verb, *words):
        return silkreel(tmp_path, "story", verb, *words)

    def asked(decide, task):
        """What a model newly proposes, by what it is of."""
        with fault_server(decide) as server:
            monkeypatch.setenv("SILKREEL_WRITER_URL", server.url)
            done = command("assist", task, str(place))
        listed = json.loads(command("proposals", str(place), "--json").stdout)
        return done, {
            e["place"] or e["line"]: str(e["number"]) for e in listed if e["state"] == "open"
        }

    command("source", str(place), str(tmp_path / "novel.txt"), "--language", "zh-Hans")
    project = yaml.safe_load((place / "story.yaml").read_text("utf-8"))
    project["cast"] = [{"id": "林晚"}, {"id": "梅姐"}]
    project["locations"] = [{"id": "hotel_desk", "name": "酒店前台"}]
    (place / "story.yaml").write_text(yaml.safe_dump(project, allow_unicode=True), "utf-8")
    done, plan = asked(split_by(2), "split_novel")
    assert "4 proposals" in done.stdout, done.stderr
    assert command("accept", str(place), min(plan.values(), key=int)).returncode == 0

    early, _ = asked(always(SCENE), "draft_scene")
    assert early.returncode == 1
    assert "has no card with a hook and an exit yet" in early.stderr
    done, card = asked(always(CARD), "episode_card")
    assert "6 proposals" in done.stdout, done.stderr
    assert "Accepted into source/cards.yaml" in command("accept", str(place), card["hook"]).stdout
    assert command("accept", str(place), card["exit_pressure"]).returncode == 0
    assert command("reject", str(place), card["goal"]).returncode == 0
    kept = yaml.safe_load((place / "source/cards.yaml").read_text("utf-8"))
    assert set(kept[1]) == {"hook", "exit_pressure"}
    done, scene = asked(always(SCENE), "draft_scene")
    assert "1 proposal" in done.stdout, done.stderr
    told = command("accept", str(place), scene["ep001"])
    assert "Next: silkreel story stamp" in told.stdout, told.stderr
    assert command("stamp", str(place)).returncode == 0
    script = (place / "script/main.ink").read_text("utf-8")
    assert "梅姐: 不出租。 #id:ep001_hoteldesk_" in script
