"""Every numbered check is proven able to fire, able to be silent, and has a page that says why."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.story.checking import (
    UnknownCheck,
    check,
    look_into,
    read_chapters,
    read_own_cues,
    read_translations,
)
from silkreel.story.findings import Finding
from silkreel.story.ids import IdLock
from silkreel.story.lints.catalogue import all_lints
from silkreel.story.lints.evidence import Evidence
from silkreel.story.parsing import parse
from silkreel.story.project import Project, RhythmProfile, Story, open_story
from silkreel.story.provenance import read_provenance
from silkreel.story.shots import read_shot_lists

CASES = Path(__file__).parent / "lints"
PAGES = Path(__file__).parents[2] / "docs/reference/lints"
CODES = [lint.code for lint in all_lints()]


def case(code, kind):
    folder = CASES / f"{code}.{kind}"
    return folder if folder.is_dir() else CASES / f"{code}.{kind}.ink"


def findings(path):
    return check(look_into(open_story(path)))


def static_findings(path):
    """Without compiling and playing: a second less for each."""
    story = open_story(path)
    translations, shots = read_translations(story.folder), read_shot_lists(story.folder)
    chapters = read_chapters(story.folder)
    return check(
        Evidence(
            story, translations=translations, shot_lists=shots, chapters=chapters,
            own_cues=read_own_cues(story.folder), provenance=read_provenance(story.folder),
        )
    )  # fmt: skip


def walked_findings(path):
    return check(look_into(open_story(path), walks=20))


# What only compiling and playing can tell; the others are looked for without, in a tenth of the time.
COMPILED = {"DRM001": findings, "DRM007": walked_findings, "DRM023": findings}


@pytest.mark.parametrize("code", CODES)
def test_the_bad_example_fires_its_code_with_file_and_line(code):
    look = COMPILED.get(code, static_findings)
    found = [finding for finding in look(case(code, "bad")) if finding.code == code]
    assert found
    for finding in found:
        assert finding.at.file
        assert finding.at.line >= 1
        assert finding.sentence
        assert "\n" not in finding.sentence


@pytest.mark.parametrize("code", CODES)
def test_the_good_example_is_silent_and_nothing_in_it_blocks(code):
    look = walked_findings if code == "DRM007" else findings
    found = look(case(code, "good"))
    assert [finding for finding in found if finding.code == code] == []
    assert [(x.code, x.sentence) for x in found if x.severity == "B"] == []


def test_every_code_has_a_page_a_bad_and_a_good_example_and_nothing_else_has():
    pages = {path.stem for path in PAGES.glob("DRM*.md")}
    assert pages == set(CODES)
    names = {path.name.split(".")[0] for path in CASES.iterdir()}
    assert names == set(CODES)
    assert all(case(code, kind).exists() for code in CODES for kind in ("bad", "good"))


def test_the_whole_catalogue_of_the_design_is_checked():
    assert len(CODES) == 69


def test_a_check_nobody_knows_is_refused():
    with pytest.raises(UnknownCheck, match="DRM999 is no check"):
        check(Evidence(open_story(case("DRM001", "good"))), ("DRM999",))


def test_a_waiver_with_a_reason_lets_a_warning_stay(tmp_path):
    path = tmp_path / "a.ink"
    text = case("DRM012", "bad").read_text()
    path.write_text(text.replace("Lin whispers", "// OK DRM012: it is a lullaby\nLin whispers"))
    (found,) = [finding for finding in findings(path) if finding.code == "DRM012"]
    assert found.waiver == "it is a lullaby"
    assert not found.open
    path.write_text(text.replace("Lin whispers", "// OK DRM012:\nLin whispers"))
    (found,) = [finding for finding in findings(path) if finding.code == "DRM012"]
    assert found.open


def test_what_blocks_cannot_be_waived(tmp_path):
    path = tmp_path / "a.ink"
    text = case("DRM022", "bad").read_text()
    path.write_text(text.replace("LIN: Drive.", "// OK DRM022: we like it\nLIN: Drive."))
    (found,) = [finding for finding in findings(path) if finding.code == "DRM022"]
    assert found.open


def test_a_whole_story_is_waived_in_story_yaml(tmp_path):
    shutil.copytree(case("DRM031", "bad"), tmp_path, dirs_exist_ok=True)
    with (tmp_path / "story.yaml").open("a") as file:
        file.write("waivers: {DRM031: the boat comes in episode 40}\n")
    (found,) = [finding for finding in findings(tmp_path) if finding.code == "DRM031"]
    assert found.waiver == "the boat comes in episode 40"


def test_rhythm_is_silent_without_an_accepted_profile(tmp_path):
    shutil.copytree(case("DRM101", "bad"), tmp_path, dirs_exist_ok=True)
    yaml = tmp_path / "story.yaml"
    yaml.write_text(yaml.read_text().replace("state: accepted", "state: proposed"))
    assert [x for x in findings(tmp_path) if x.code.startswith("DRM1")] == []


def test_a_profile_raises_what_it_cares_about_to_a_warning(tmp_path):
    shutil.copytree(case("DRM101", "bad"), tmp_path, dirs_exist_ok=True)
    yaml = tmp_path / "story.yaml"
    yaml.write_text(yaml.read_text() + "  raise_to_warn: [101]\n")
    (found,) = [finding for finding in findings(tmp_path) if finding.code == "DRM101"]
    assert found.severity == "W"
    assert isinstance(found, Finding)


PROFILE = RhythmProfile("accepted", "anna", {"en": "2 words/s"}, {"en": "8 words"})
PIECES = [
    "=== ep001 ===", "=== ep002 ===", "# episode:1", "# episode:2 # budget:9s", "= a", "= b", "-> a",
    "-> ep002", "-> END", "LIN: Go.", "LIN: Go. #id:ep001_a_AAAA", "x #same:ep001_a_AAAA", "{ x:",
    "* [Go. #canon #price:3]", "* * [On.]", "+ {x} [Stay.] -> b", "* -> b", "- (top)", "- -", "- else:",
    "}", "{ x: -> a | -> b }", "VAR x = 1", "~ x += 1", "// OK DRM012: so", "x // y", "<- t", "->->",
    "# only:game", "“Go now” <> {a|b}",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_script_is_so_odd_that_a_check_falls_over(rows):
    text = "\n".join(rows)
    story = Story(
        Path(), Project(rhythm_profile=PROFILE), (parse(text, "a.ink"),), {"a.ink": text}, IdLock()
    )
    for finding in check(Evidence(story)):
        assert finding.sentence


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("{ a:" for _ in range(2000)),
        "\n".join("*" * n + " [x]" for n in range(1, 300)),
        "- " * 900,
    ],
)
def test_nesting_without_end_is_named_and_hurts_nobody(text):
    body = "-> ep001\n=== ep001 ===\n# episode:1\n-> a\n= a\n" + text
    story = Story(Path(), Project(), (parse(body, "a.ink"),), {"a.ink": body}, IdLock())
    assert any(finding.severity == "B" for finding in check(Evidence(story)))
