"""Checks that look beyond the script: what was published, filmed, dubbed, translated, and by whom."""

import json
from pathlib import Path

import polib
import pytest

from silkreel.story.checking import check, look_into, not_run, read_translations
from silkreel.story.forms.po import read_po, write_po
from silkreel.story.forms.vtt import Cue
from silkreel.story.forms.xliff import read_xliff, write_xliff
from silkreel.story.importing import import_translations
from silkreel.story.lints.evidence import Evidence, Outside
from silkreel.story.lints.needs import WHY_SENTENCES
from silkreel.story.novel import parse_chapter
from silkreel.story.project import BadStoryFile, open_story
from silkreel.story.provenance import read_provenance
from silkreel.story.windows import window_seconds, windows_of

HEAD = """\
-> ep001
=== ep001 ===
# episode:1
-> car
= car
# scene:INT. CAR - NIGHT # loc:car
"""
INK = f"""\
{HEAD}LIN: Drive. #id:ep001_car_A1X9
CHEN: Where to? #id:ep001_car_B2Y8
-> END
"""
YAML = """\
title: Two Keys
language: en
languages: [es]
cast:
  - {id: LIN, name: Lin Wan}
  - {id: CHEN, name: Chen Mo}
locations:
  - {id: car, name: Car}
"""
PO_HEAD = 'msgid ""\nmsgstr "Language: es\\nContent-Type: text/plain; charset=utf-8\\n"\n'


def entry(line_id: str, source: str, text: str, head: str = "") -> str:
    return f'\n{head}msgctxt "{line_id}"\nmsgid "{source}"\nmsgstr "{text}"\n'


def write(folder: Path, ink: str = INK, yaml: str = "", **files: str) -> Path:
    (folder / "main.ink").write_text(ink, encoding="utf-8")
    (folder / "story.yaml").write_text(YAML + yaml, encoding="utf-8")
    if "spanish" in files:
        (folder / "i18n").mkdir(exist_ok=True)
        (folder / "i18n/es.po").write_text(PO_HEAD + files["spanish"], encoding="utf-8")
    if "record" in files:
        (folder / "assist.jsonl").write_text(files["record"], encoding="utf-8")
    return folder


def found(evidence: Evidence, code: str) -> list[tuple[str, str]]:
    return [(str(each.at), each.sentence) for each in check(evidence, (code,))]


def looked(folder: Path, **outside) -> Evidence:
    """A story without compiling it."""
    story = open_story(folder)
    return Evidence(
        story, translations=read_translations(folder), provenance=read_provenance(folder),
        outside=Outside(**outside),
    )  # fmt: skip


# What is not there is said to be missing, and never passes for a clean check.


def test_a_check_without_what_it_needs_is_not_run_and_says_why(tmp_path):
    spanish = entry("ep001_car_A1X9", "Drive.", "Conduce.")
    plain = {each.code: each.why for each in not_run(looked(write(tmp_path)))}
    assert plain["DRM204"] == "cues"
    assert plain["DRM024"] == "before"
    assert plain["DRM007"] == "walks"
    assert plain["DRM303"] == plain["DRM101"] == "profile"
    assert "DRM205" not in plain  # nothing is dubbed, so nothing is missing
    cues = {"en": {"ep001_car_A1X9": Cue(1, 2)}}
    dubbed = looked(write(tmp_path, spanish=spanish), cues=cues)
    assert {each.code: each.why for each in not_run(dubbed, ("DRM204", "DRM205"))} == {
        "DRM205": "lengths"
    }
    measured = looked(tmp_path, cues=cues, takes={"es": {"Conduce.": 0.6}})
    assert not_run(measured, ("DRM204", "DRM205", "DRM024")) == ()


def test_every_reason_is_one_somebody_can_act_on():
    assert all(sentence[0].islower() for sentence in WHY_SENTENCES.values())


def test_an_accepted_profile_still_has_to_name_the_wall_and_a_pace_of_reading(tmp_path):
    story = write(tmp_path, yaml="rhythm_profile: {state: accepted, by: anna}\n")
    assert {each.code: each.why for each in not_run(looked(story), ("DRM111", "DRM303"))} == {
        "DRM111": "paywall", "DRM303": "reading",
    }  # fmt: skip


# A line that was split.


def test_a_split_is_seen_against_what_was_published(tmp_path):
    ink = INK.replace("CHEN:", "LIN: Until the lights are gone. #id:ep001_car_C3Z7\nCHEN:")
    before = {"ep001_car_A1X9": "Drive until the lights are gone.", "ep001_car_B2Y8": "Where to?"}
    ((at, told),) = found(looked(write(tmp_path, ink), before=before), "DRM024")
    assert at == "main.ink:8"
    assert told == "ep001_car_A1X9 said this before; write #from:ep001_car_A1X9 behind it."


def test_the_second_half_may_have_kept_the_id_and_a_new_speaker_is_no_split(tmp_path):
    before = {"ep001_car_B2Y8": "Tell me. Where to?"}
    ahead = INK.replace("CHEN:", "CHEN: Tell me. #id:ep001_car_C3Z7\nCHEN:")
    assert len(found(looked(write(tmp_path, ahead), before=before), "DRM024")) == 1
    other = INK.replace("CHEN:", "LIN: Tell me. #id:ep001_car_C3Z7\nCHEN:")
    assert found(looked(write(tmp_path, other), before=before), "DRM024") == []
    new = INK.replace("CHEN:", "CHEN: Not home. #id:ep001_car_C3Z7\nCHEN:")
    assert found(looked(write(tmp_path, new), before=before), "DRM024") == []


# Windows of an interactive episode.

QUESTION = """\
{before}* [Left. #id:ep001_car_C001 #canon{mine}]
    LIN: Left, then. #id:ep001_car_D4D4
    -> {after}
* [Right. #id:ep001_car_C002 #only:game{other}]
    LIN: Right. Hold on. #id:ep001_car_E5E5 #only:game
    -> {after}
"""
LINE = "LIN: Left or right? #id:ep001_car_A1X9\n"


def asking(mine: str = "", other: str = "", before: str = LINE, after: str = "END") -> str:
    return HEAD + QUESTION.format(mine=mine, other=other, before=before, after=after)


@pytest.mark.parametrize(
    ("ink", "told"),
    [
        (asking(" #window:2"), "is no window; write 3 to 30 seconds"),
        (asking(" #window:long"), "“long” is no window"),
        (asking(" #window:12", " #window:9"), "One choice has 2 windows"),
        (asking(" #window:12", " #price:30"), "An option costs coins"),
        (asking(" #window:12", before=""), "asked before ep001 begins"),
    ],
)
def test_a_window_nobody_can_keep_blocks(tmp_path, ink, told):
    story = open_story(write(tmp_path, ink))
    (sentence,) = [each.sentence for each in check(look_into(story), ("DRM041",))]
    assert told in sentence


def test_a_choice_straight_after_another_would_lie_over_its_window(tmp_path):
    first = asking(" #window:12").replace("    LIN: Left, then. #id:ep001_car_D4D4\n", "")
    ink = (
        first.replace("-> END", "-> bend")
        + """\
= bend
# scene:INT. CAR - NIGHT # loc:car
* [Brake. #id:ep001_bend_C001 #canon #window:5]
    LIN: Stop! #id:ep001_bend_A1X9
    -> END
* [Go on. #id:ep001_bend_C002 #only:game]
    -> END
"""
    )
    told = check(look_into(open_story(write(tmp_path, ink))), ("DRM041",))
    assert [
        (each.line_id, "lies over that of ep001_car_C001" in each.sentence) for each in told
    ] == [("ep001_bend_C001", True)]


def test_a_window_waits_behind_a_line_the_picture_has_a_cue_for(tmp_path):
    story = open_story(write(tmp_path, asking(" #window:12")))
    cues = {"en": {"ep001_car_D4D4": Cue(4, 5)}}
    (told,) = check(look_into(story, outside=Outside(cues=cues)), ("DRM041",))
    assert "The picture has no cue for ep001_car_A1X9" in told.sentence
    cues = {"en": {"ep001_car_A1X9": Cue(1, 3), "ep001_car_D4D4": Cue(4, 5)}}
    assert check(look_into(story, outside=Outside(cues=cues)), ("DRM041",)) == ()


def test_a_window_of_a_choice_the_series_never_meets_blocks(tmp_path):
    ink = (
        asking().replace(
            "    LIN: Right. Hold on. #id:ep001_car_E5E5 #only:game\n    -> END",
            "    -> aside",
        )
        + HEAD.partition("= car\n")[2].replace("# scene", "= aside\n# scene")
        + QUESTION.format(
            before="LIN: Now what? #id:ep001_aside_A1X9\n", mine=" #window:5", other="", after="END"
        ).replace("ep001_car", "ep001_aside")
    )
    told = check(look_into(open_story(write(tmp_path, ink))), ("DRM041",))
    assert [each.sentence for each in told] == [
        "The series never comes to this choice; take its window out."
    ]


def test_a_window_is_told_in_seconds_with_or_without_their_s(tmp_path):
    for told, seconds in (("12", 12.0), ("4.5s", 4.5), ("31", None), ("soon", None)):
        story = open_story(write(tmp_path, asking(f" #window:{told}")))
        options = [line for line in story.lines if line.id and "_C00" in line.id]
        assert window_seconds(options) == seconds
        assert len(windows_of(options)) == 1


# Reading and speaking in time.


def test_what_was_measured_goes_before_what_is_estimated(tmp_path):
    rates = "rhythm_profile: {state: accepted, by: anna, rates: {es: 1 words/s}}\n"
    spanish = entry("ep001_car_A1X9", "Drive.", "Conduce ya mismo.")
    folder = write(tmp_path, yaml=rates, spanish=spanish)
    cues = {"en": {"ep001_car_A1X9": Cue(1, 2)}}
    ((at, told),) = found(looked(folder, cues=cues), "DRM205")
    assert (at, told) == ("i18n/es.po:4", "es: 3.0 s to say in a slot of 1.0 s; word it shorter.")
    quick = {"es": {"Conduce ya mismo.": 1.1}}  # an eighth faster fits
    assert found(looked(folder, cues=cues, takes=quick), "DRM205") == []
    slow = {"es": {"Conduce ya mismo.": 1.2}}
    assert len(found(looked(folder, cues=cues, takes=slow), "DRM205")) == 1


def test_the_originals_own_subtitle_is_read_too_and_a_region_reads_its_languages_cues(tmp_path):
    folder = write(tmp_path, INK.replace("Drive.", "Drive until the very last light is gone."))
    ((at, told),) = found(looked(folder, cues={"en": {"ep001_car_A1X9": Cue(0, 1)}}), "DRM204")
    assert at == "main.ink:7"
    assert told == "en: 40 characters in 1.0 s, and 20 a second are read; word it shorter."
    yaml = folder / "story.yaml"
    yaml.write_text(yaml.read_text().replace("language: en\n", "language: en-GB\n"))
    assert found(looked(folder, cues={"en": {"ep001_car_A1X9": Cue(0, 1)}}), "DRM204")


# Translators' notes.

LOC = INK.replace("LIN: Drive.", "// LOC: an old friend\nLIN: Drive.")


def ticked(folder: Path) -> str:
    """A Spanish file as it is exported, its note ticked by the translator."""
    known = read_po((PO_HEAD + entry("ep001_car_A1X9", "Drive.", "Conduce.")).encode(), "es.po")
    told = write_po(open_story(folder), "es", known)
    return told.replace("#. LIN", "# LOC ok, tú\n#. LIN", 1)


def test_a_tick_is_kept_by_export_and_by_agencies_tools_and_goes_with_the_note(tmp_path):
    folder = write(tmp_path, LOC, spanish="")
    (folder / "i18n/es.po").write_text(ticked(folder), encoding="utf-8")
    assert found(looked(folder), "DRM208") == []
    story = open_story(folder)
    again = write_po(story, "es", read_translations(folder)["es"])
    assert "# LOC ok, tú" in again
    there_and_back = read_xliff(write_xliff(polib.pofile(again), "en"), "es.xlf")
    (line,) = [each for each in there_and_back if each.msgctxt == "ep001_car_A1X9"]
    assert line.tcomment == "LOC ok, tú"
    write(folder, LOC.replace("an old friend", "her father"))
    ((_, told),) = found(looked(folder), "DRM208")
    assert told == "es: mind “her father”, then write “# LOC ok” above the entry."
    assert "LOC ok" not in write_po(open_story(folder), "es", read_translations(folder)["es"])


def test_a_tick_comes_in_with_the_file_it_stands_in(tmp_path):
    folder = write(tmp_path, LOC)
    sent = tmp_path / "sent.po"
    sent.write_text(ticked(folder), encoding="utf-8")
    import_translations(open_story(folder), sent, "es")
    assert found(looked(folder), "DRM208") == []


# Where words come from.


def record(*rows: dict) -> str:
    call = {"what": "call", "call": {"number": 1}}
    return "".join(json.dumps(row) + "\n" for row in (call, *rows))


def proposal(number: int, kind: str, text: str, call: int = 1, **more: str) -> dict:
    change = {"kind": kind, "line_id": "ep001_car_A1X9", "old_hash": "", "text": text} | more
    return {"what": "proposal", "proposal": {"number": number, "call": call, "change": change}}


def decision(number: int, state: str) -> dict:
    return {"what": "decision", "number": number, "state": state, "by": "anna", "at": "2026-11-01"}


def test_words_of_a_model_nobody_decided_on_are_told_where_they_stand(tmp_path):
    told = record(
        proposal(2, "words", "Drive."),
        proposal(3, "lines", "CHEN: (low) Where to?\nLIN: Anywhere but home tonight."),
        proposal(4, "translation", "Conduce.", language="es"),
        decision(4, "rejected"),
    )
    ink = INK.replace("-> END", "LIN: Anywhere but home tonight. #id:ep001_car_D4D4\n-> END")
    spanish = entry("ep001_car_A1X9", "Drive.", "Conduce.")
    assert found(looked(write(tmp_path, ink, record=told, spanish=spanish)), "DRM401") == [
        ("main.ink:7", "This reads as proposal 2, which is open; accept it, or word it yourself."),
        ("main.ink:9", "This reads as proposal 3, which is open; accept it, or word it yourself."),
        (
            "i18n/es.po:4",
            "This reads as proposal 4, which is rejected by anna; accept it, or word it yourself.",
        ),
    ]


def test_a_line_that_read_so_before_was_not_copied(tmp_path):
    told = record(proposal(2, "words", "Drive.", old_text="Drive."))
    assert found(looked(write(tmp_path, record=told)), "DRM401") == []


def test_a_broken_record_blocks_with_its_row(tmp_path):
    told = record(proposal(2, "words", "Go.", call=9), decision(2, "accepted"), {"what": "new"})
    broken = told + "not json\n" + record(decision(77, "accepted"))
    assert found(looked(write(tmp_path, record=broken)), "DRM401") == [
        (
            "assist.jsonl:2",
            "Proposal 2 names a question that is not on record; restore the file.",
        ),
        ("assist.jsonl:4", FAULT), ("assist.jsonl:5", FAULT), ("assist.jsonl:7", FAULT),
    ]  # fmt: skip


FAULT = "This row of the record cannot be read; restore it from version control."


def test_drafted_lines_count_among_the_assisted_ones(tmp_path):
    told = record(
        proposal(2, "lines", "CHEN: Where to?"), decision(2, "accepted"),
        proposal(3, "words", "Drive."), decision(3, "accepted"),
    )  # fmt: skip
    ((at, sentence),) = found(looked(write(tmp_path, record=told)), "DRM402")
    assert at == "main.ink:2"
    assert sentence == "2 of 2 lines (100%) of ep001 are AI-assisted; label it so."


def test_a_language_without_machines_takes_no_words_a_model_proposed(tmp_path):
    told = record(proposal(2, "translation", "Conduce.", language="es"), decision(2, "accepted"))
    spanish = entry("ep001_car_A1X9", "Drive.", "Conduce.")
    policy = 'machine_translation: {"*": forbidden}\n'
    folder = write(tmp_path, yaml=policy, record=told, spanish=spanish)
    ((at, sentence),) = found(looked(folder), "DRM212")
    assert at == "i18n/es.po:4"
    assert "a model worded this, which story.yaml forbids" in sentence
    write(folder, yaml='machine_translation: {es: reviewed, "*": forbidden}\n')
    assert found(looked(folder), "DRM212") == []
    write(folder, yaml="machine_translation: sometimes\n")
    with pytest.raises(BadStoryFile, match="machine_translation"):
        open_story(folder)


# The novel's pictures and headings, and what the wall rests on.


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("![gala_02.png](art/gala_02.png)", "a file's name"),
        ("![...](art/gala.png)", "a file's name"),
        ("![A picture of the car](art/car.png)", "begin with what it shows"),
        (f"![{'long ' * 60}](art/car.png)", "in 250"),
        ("![The car](a.png)\n\n![the car!](b.png)", "a.png has the same words"),
        ("# The bridge", "One # is the chapter's title"),
        ("## One {#ch001_A1A1}\n\n#### Two", "skips a step; write ###"),
    ],
)
def test_what_a_screen_reader_would_stumble_over_is_told(tmp_path, block, told):
    front = "---\n{chapter: 1, title: Two Keys}\n---\n\n"
    chapter = parse_chapter(f"{front}{block}\n", "novel/ch001.md")
    evidence = Evidence(open_story(write(tmp_path)), chapters=(chapter,))
    ((at, sentence),) = found(evidence, "DRM305")
    assert at.startswith("novel/ch001.md:")
    assert told in sentence


def test_a_reveal_that_is_paid_off_before_the_wall_is_no_open_one(tmp_path):
    profile = "rhythm_profile: {state: accepted, by: anna, paywall_episode: 1}\n"
    hung = INK.replace("#id:ep001_car_A1X9", "#id:ep001_car_A1X9 #beat:reversal")
    ((_, stranger),) = found(looked(write(tmp_path, hung, yaml=profile)), "DRM111")
    assert "rests on LIN, whom nobody has met" in stranger
    paid = hung.replace("#id:ep001_car_B2Y8", "#id:ep001_car_B2Y8 #beat:payoff")
    ((_, closed),) = found(looked(write(tmp_path, paid, yaml=profile)), "DRM111")
    assert "leaves no reveal open" in closed
    named = INK.replace(
        "CHEN: Where to? #id:ep001_car_B2Y8",
        "LIN: Lin Wan is my name. #id:ep001_car_B2Y8 #beat:cliffhanger",
    )
    assert found(looked(write(tmp_path, named, yaml=profile)), "DRM111") == []
