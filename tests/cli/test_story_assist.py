"""`silkreel story assist`, `proposals`, `accept`, `reject` at a local server, and without one."""

import json

from assisted import NOVEL, split_by
from fault_server import Answer, fault_server, said

PATCHES = {
    "patches": [
        {"id": "ep001_lobby_Q4ZA", "text": "304 is gone, sir.", "reason": "colder"},
        {"id": "ep001_lobby_M8RD", "text": "It was mine.", "reason": "shorter"},
    ]
}


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
