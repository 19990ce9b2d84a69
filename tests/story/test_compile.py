"""Ink compiles in a child on three engines, and whatever is wrong comes back as file and line."""

import json
import time

import pytest

from drawn_stories import HEIRESS, drawn_files, heiress_at
from silkreel.kit.children import ChildTooSlow
from silkreel.story import inkjs
from silkreel.story.compile import (
    ENGINES,
    MESSAGE_LENGTH,
    ChildCompiler,
    CompilerGaveUp,
    InkBroken,
    InkSource,
    InkTooBig,
    NoInkEngine,
    compile_ink,
    ink_of,
)
from silkreel.story.project import BadStoryFile, open_story

RACER = ENGINES[0]
HANGS = ChildCompiler("hangs", package="json", worker="toy_compiler")
DIES = ChildCompiler("dies", package="json", worker="toy_compiler")
ABSENT = ChildCompiler("absent", program="no-such-program-here")


def source(text, **others):
    files = {"script/main.ink": text}
    files |= {f"script/{name}.ink": other for name, other in others.items()}
    return InkSource("script/main.ink", files)


def quick(engine, seconds=1.0):
    """The engine with no more time than this."""

    class Quick(InkSource):
        limit_seconds = seconds

    class Hurried:
        name = engine.name
        present = staticmethod(engine.present)

        @staticmethod
        def compile(ink):
            return engine.compile(Quick(ink.entry, ink.files))

    return Hurried()


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_every_engine_makes_the_same_json(engine):
    if not engine.present():
        pytest.skip(f"{engine.name} is not installed")
    files = drawn_files(5)
    made = engine.compile(InkSource("script/main.ink", files))
    assert made.problems == ()
    assert json.loads(made.json())["inkVersion"] == 21
    assert made.json() == compile_ink(InkSource("script/main.ink", files)).json()


def test_an_opened_story_compiles_with_what_it_includes(tmp_path):
    folder = heiress_at(tmp_path)
    (folder / "script/main.ink").write_text(f"INCLUDE ./acts/one.ink\n{HEIRESS}")
    (folder / "script/acts").mkdir()
    (folder / "script/acts/one.ink").write_text("VAR luck = 0\n")
    assert '"luck"' in compile_ink(ink_of(open_story(folder))).json()


def test_errors_name_the_file_and_line_they_stand_in():
    made = compile_ink(source("INCLUDE a.ink\n-> k\n", a="=== k\nHello {x\n-> nowhere\n"))
    first = made.errors[0]
    assert (first.path, first.line) == ("script/a.ink", 2)
    assert "Expected" in first.text
    with pytest.raises(InkBroken, match=r"^script/a\.ink:2: Expected"):
        made.json()


def test_a_warning_leaves_the_story_and_is_told():
    made = compile_ink(source("-> k\n=== k\nHello there. #id:ep001_A1X9\n"))
    (problem,) = made.problems
    assert (problem.severity, problem.line) == ("warning", 3)
    assert "loose end" in problem.text
    assert made.json()


def test_messages_never_carry_the_compilers_own_source():
    nested = "{" * 60
    made = compile_ink(source(f"One.\nTwo.\n{nested}\n"))
    assert made.story is None
    assert made.errors[0].line == 3
    assert all(len(problem.text) <= MESSAGE_LENGTH for problem in made.problems)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "absent.ink", "../secret.ink"])
def test_the_compiler_reads_no_file_but_the_storys(name, tmp_path):
    made = compile_ink(source(f"INCLUDE {name}\n-> END\n"))
    assert made.errors[0].line == 1
    assert "no such file" in made.errors[0].text


def test_an_include_that_climbs_out_is_refused_with_its_line(tmp_path):
    folder = heiress_at(tmp_path / "story")
    (tmp_path / "secret.ink").write_text("VAR secret = 1\n")
    (folder / "script/main.ink").write_text("VAR a = 1\nINCLUDE ../../secret.ink\n-> END\n")
    with pytest.raises(BadStoryFile, match=r"script/main\.ink:2: .*outside"):
        open_story(folder)


def test_a_file_that_includes_itself_is_one_sentence():
    made = compile_ink(source("INCLUDE main.ink\n-> END\n"))
    assert "ecursive INCLUDE" in made.errors[0].text


def test_ten_megabytes_are_refused_before_any_engine_is_asked():
    huge = source("Hello there.\n" * 800_000)
    with pytest.raises(InkTooBig, match=r"^script/main\.ink:1: .* 10\.4 MB"):
        compile_ink(huge, [ABSENT])


def test_a_compiler_that_hangs_is_killed_and_the_next_engine_does_the_work():
    began = time.monotonic()
    made = compile_ink(source("-> END\n"), [quick(HANGS), RACER])
    assert made.engine == "mini-racer"
    assert time.monotonic() - began < 30


def test_two_engines_that_die_are_one_sentence_with_the_file():
    with pytest.raises(CompilerGaveUp, match=r"^script/main\.ink:1: .*hangs.*dies.*SIGKILL"):
        compile_ink(source("-> END\n"), [quick(HANGS), DIES, RACER])


def test_a_hanging_child_is_killed_by_the_clock():
    with pytest.raises(ChildTooSlow):
        quick(HANGS).compile(source("-> END\n"))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_engine_that_runs_out_of_time_ends(engine):
    if not engine.present():
        pytest.skip(f"{engine.name} is not installed")
    files = drawn_files(1, episodes=40, scenes=4, lines=40)
    with pytest.raises(CompilerGaveUp, match=r"not done after|interrupted|ended"):
        compile_ink(InkSource("script/main.ink", files), [quick(engine, 0.4)])


def test_without_an_engine_the_sentence_says_what_to_install():
    with pytest.raises(NoInkEngine, match="mini-racer"):
        compile_ink(source("-> END\n"), [ABSENT])


def test_an_episode_has_ten_seconds_and_a_work_a_minute():
    one = source("-> ep001\n=== ep001\n# episode:1\nHello.\n-> END\n")
    assert one.limit_seconds == 10
    assert InkSource("script/main.ink", drawn_files(1, episodes=80)).limit_seconds == 60


def test_a_vendored_file_that_somebody_edited_is_not_loaded(tmp_path):
    spoiled = tmp_path / "ink-full.js"
    spoiled.write_bytes(inkjs.FILE.read_bytes() + b"//")
    with pytest.raises(inkjs.VendoredFileChanged):
        inkjs.inkjs_source(spoiled)
    assert "inkjs" in inkjs.inkjs_source()
    assert (inkjs.FILE.parent / "LICENSE.md").read_text().startswith("MIT License")


def test_a_file_may_hold_what_javascript_would_trip_over():
    made = compile_ink(source("“Quotes”\u2028 and \\`$\\{x\\}` #id:ep001_A1X9\n-> END\n"))
    assert "^“Quotes”\u2028 and `${x}`" in json.loads(made.json())["root"][0][0]
