"""The game in other engines' forms plays as the ink does, and every id in them is a line's."""

import json
import operator
import os
import re
import subprocess
from pathlib import Path

import pytest

from drawn_stories import HEIRESS, drawn_files, heiress_at, write_story
from silkreel.story.compile import compile_ink, ink_of
from silkreel.story.forms.branching import END, Assign, CannotCarry, branching_of, written
from silkreel.story.forms.po import Translations, Wording
from silkreel.story.forms.renpy import write_renpy
from silkreel.story.forms.twee import ifid, write_twee
from silkreel.story.playing import open_play
from silkreel.story.project import open_story

PASSAGE = re.compile(r"^:: (?P<name>[^\[{\n]+?)\s*$", re.MULTILINE)
LINK = re.compile(r"\[\[(?P<text>[^\]]*?)->(?P<target>[^\]]+)\]\]")
GOTO = re.compile(r'<<goto "(?P<target>[^"]+)">>')
SIGNS = {"&&": "and", "||": "or", "!": "not"}


class Reader:
    """Plays blocks in this process, by their meaning alone."""

    def __init__(self, game):
        self.game, self.taken, self.values = game, set(), {}
        for name, value in game.variables.items():
            self.values[name] = self.value(value)

    def value(self, test):
        text = written(test, lambda name: {"true": "True", "false": "False"}.get(name, name), SIGNS)
        return eval(text, {"__builtins__": {}}, self.values)

    def run(self, name):
        """Ids up to the next menu, and the menu."""
        ids = []
        while name != END:
            block = self.game.blocks[name]
            for step in block.steps:
                if isinstance(step, Assign):
                    self.values[step.name] = self.value(step.value)
                else:
                    ids.append(step.id)
            if block.offers:
                return ids, [offer for offer in block.offers if self.open(offer)]
            name = next(w.target for w in block.ways if w.test is None or self.value(w.test))
        return ids, []

    def open(self, offer):
        fresh = offer.choice.sticky or offer.choice.id not in self.taken
        return fresh and all(self.value(test) for test in offer.tests)


def story_of(folder, seed):
    return open_story(write_story(folder, drawn_files(seed, episodes=3, scenes=4)))


@pytest.mark.parametrize("seed", range(6))
def test_the_blocks_play_as_the_ink_does(seed, tmp_path):
    story = story_of(tmp_path, seed)
    game = branching_of(story)
    with open_play(compile_ink(ink_of(story)).json()) as player:
        for walk in player.walks(seed, 0, 8, {}):
            reader, shown = Reader(game), []
            ids, offers = reader.run(game.start)
            for choice in walk.choices:
                shown += [*ids, choice]
                target = next(offer.target for offer in offers if offer.choice.id == choice)
                reader.taken.add(choice)
                ids, offers = reader.run(target)
            assert (*shown, *ids) == walk.ids
            assert offers == []


@pytest.mark.parametrize("seed", range(3))
def test_every_link_of_the_twee_leads_to_a_passage_and_every_id_is_a_line(seed, tmp_path):
    story = story_of(tmp_path, seed)
    text = write_twee(story, "drawn")
    names = [found["name"] for found in PASSAGE.finditer(text)]
    assert len(names) == len(set(names))
    targets = {found["target"] for pattern in (LINK, GOTO) for found in pattern.finditer(text)}
    assert targets <= set(names)
    assert set(re.findall(r'data-id="([^"]+)"', text)) == set(story.ids)


def test_twee_names_its_format_and_keeps_its_ifid(heiress):
    text = write_twee(heiress, "heiress")
    data = json.loads(text.split(":: StoryData\n")[1].split("\n\n")[0])
    assert data["ifid"] == ifid("heiress")
    assert re.fullmatch(
        r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}", ifid("x")
    )
    assert (data["format"], data["start"]) == ("SugarCube", "start")
    assert "<<set $trust to 0>>" in text
    assert '<<if $knows_secret>><<goto "ep002.corridor">>\n<<else>><<goto "ep002.car">>' in text
    assert write_twee(heiress, "heiress") == text


def test_twee_markup_in_a_line_is_shown_and_not_run(tmp_path):
    spoken = "LIN: <<goto \"x\"\\>> [\\[in]] $trust & 'x' {trust} coins. #id:ep001_gala_A1X9"
    story = open_story(
        write_story(
            tmp_path, {"script/main.ink": f"VAR trust = 1\n-> a\n=== a\n{spoken}\n-> END\n"}
        )
    )
    line = next(row for row in write_twee(story, "s").split("\n") if "data-id" in row)
    assert "<<goto" not in line
    assert "[[" not in line
    assert "&#36;trust" in line
    assert "<<print $trust>> coins" in line


@pytest.mark.parametrize("seed", range(3))
def test_every_jump_of_the_script_has_its_label_and_every_id_is_a_line(seed, tmp_path):
    story = story_of(tmp_path, seed)
    text = write_renpy(story)["script.rpy"]
    labels = re.findall(r"^label (\w+):", text, re.MULTILINE)
    assert len(labels) == len(set(labels))
    assert set(re.findall(r"jump (\w+)", text)) <= set(labels)
    said = set(re.findall(r" id (\S+)$", text, re.MULTILINE))
    taken = set(re.findall(r"^default taken_(\S+) =", text, re.MULTILINE))
    assert said | taken <= set(story.ids)
    assert len(said) == sum(1 for line in story.lines if hasattr(line, "speaker"))


def test_translations_are_named_by_line_id(heiress):
    words = (
        Wording("ep001_gala_A1X9", 'Me "invitaste" a mi funeral.', "…"),
        Wording("ep001_terrace_C002", "Firma.", "…"),
    )
    files = write_renpy(heiress, {"es": Translations("es", words)})
    told = files["tl/es/script.rpy"]
    assert 'translate es ep001_gala_A1X9:\n    who_lin "Me \\"invitaste\\" a mi funeral."' in told
    assert (
        'translate es strings:\n    # ep001_terrace_C002\n    old "Sign."\n    new "Firma."' in told
    )
    assert (
        '    who_lin "You invited me to my own funeral." id ep001_gala_A1X9' in files["script.rpy"]
    )


def test_renpy_markup_in_a_line_is_shown_and_not_run(tmp_path):
    spoken = 'Say "hi" to 100% [of] \\{b\\}us{trust} all. #id:ep001_gala_A1X9'
    story = open_story(
        write_story(
            tmp_path, {"script/main.ink": f"VAR trust = 1\n-> a\n=== a\n{spoken}\n-> END\n"}
        )
    )
    text = write_renpy(story)["script.rpy"]
    assert '"Say \\"hi\\" to 100%% [[of] {{b}us[trust] all." id ep001_gala_A1X9' in text


def test_a_line_of_the_video_alone_is_not_in_the_game(tmp_path):
    rows = (
        "VAR x = 1\n-> a\n=== a\nSeen. #id:ep001_A1X9 #only:video\nPlayed. #id:ep001_A1X8\n-> END\n"
    )
    story = open_story(write_story(tmp_path, {"script/main.ink": rows}))
    assert branching_of(story).ids == {"ep001_A1X8"}


BEYOND = {
    "a list": ("LIST mood = calm\n", "LIST mood"),
    "a function": (
        "-> a\n=== a\n{ RANDOM(1, 2) == 1: -> a }\nHi. #id:ep001_A1X9\n-> END\n",
        "RANDOM",
    ),
    "a fallback": (
        "-> a\n=== a\nHi. #id:ep001_A1X9\n* [One #id:ep001_C001]\n* -> END\n- -> END\n",
        "->",
    ),
}


@pytest.mark.parametrize("name", BEYOND)
@pytest.mark.parametrize(
    "write", [lambda s: write_twee(s, "s"), write_renpy], ids=["twee", "renpy"]
)
def test_what_cannot_be_carried_is_refused_with_its_line(name, write, tmp_path):
    text, words = BEYOND[name]
    story = open_story(write_story(tmp_path, {"script/main.ink": text}))
    with pytest.raises(CannotCarry, match=r"^script/main\.ink:\d+: ") as refusal:
        write(story)
    assert words in str(refusal.value)


def test_the_profiles_example_is_carried_whole(tmp_path):
    story = open_story(heiress_at(tmp_path))
    assert branching_of(story).ids == frozenset(re.findall(r"#id:(\w+)", HEIRESS))
    assert operator.contains(
        write_renpy(story)["script.rpy"], '"Tell him. Now." if not taken_ep001'
    )


RENPY = Path("/usr/games/renpy")


def renpy_reads(files, folder):
    """What Ren'Py's own parser has to say of a game; empty where it reads all."""
    if not RENPY.is_file():
        pytest.skip("Ren'Py is not installed (Debian's package `renpy`)")
    for name, text in files.items():
        (folder / "game" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "game" / name).write_text(text, encoding="utf-8")
    quiet = {"SDL_VIDEODRIVER": "dummy", "SDL_AUDIODRIVER": "dummy", "HOME": str(folder)}
    # Debian's 8.0.3 stumbles over its own screens behind the parser; errors.txt is the parser's.
    subprocess.run(
        [str(RENPY), str(folder), "compile"], env=os.environ | quiet,
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert (folder / "log.txt").is_file(), "Ren'Py did not run"
    errors = folder / "errors.txt"
    return errors.read_text(encoding="utf-8-sig") if errors.is_file() else ""


def test_renpys_own_parser_reads_script_and_translations(tmp_path):
    story = story_of(tmp_path / "story", 3)
    told = tuple(Wording(line.id, '¿Qué "dices" al 100% [tú]?', "…") for line in story.lines)
    files = write_renpy(story, {"es": Translations("es", told)})
    assert renpy_reads(files, tmp_path / "game") == ""


def test_renpys_parser_would_have_told(tmp_path):
    broken = {"script.rpy": "label start:\n    jum nowhere at\n"}
    assert "expected statement" in renpy_reads(broken, tmp_path)
