"""The catalogues hold what the code says, in every finished language, with the same places."""

import ast
import importlib
import pkgutil
import subprocess
import sys
import zipfile
from pathlib import Path

import polib
import pytest

import silkreel
from silkreel.dubbing import checks, gate
from silkreel.kit.refusals import Refusal
from silkreel.locale.__main__ import MEND, check, main
from silkreel.locale.catalogues import COMPLETE, FOLDER, TEMPLATE, lacks, made, stale, write_all
from silkreel.locale.extracting import (
    NotLiteralError,
    find_sentences,
    places,
    sentences_in,
)

ROOT = Path(__file__).parent.parent.parent
PROGRAMS = ("silkreel.__main__", "silkreel.migrations", "silkreel.locale.__main__")


def texts(file):
    catalogue = polib.pofile(str(FOLDER / file), encoding="utf-8")
    return {text for entry in catalogue for text in (entry.msgid, entry.msgid_plural) if text}


def says_something(text):
    bare = text
    for place in [part.split("}")[0] for part in text.split("{")[1:]]:
        bare = bare.replace("{" + place + "}", "")
    return any(character.isalpha() for character in bare)


@pytest.fixture(scope="module")
def refusals():
    for module in pkgutil.walk_packages(silkreel.__path__, "silkreel."):
        if not module.name.startswith(PROGRAMS) and not module.name.endswith("_worker"):
            importlib.import_module(module.name)
    ours = [kind for kind in Refusal.known.values() if kind.__module__.startswith("silkreel.")]
    assert len(ours) > 100
    return [kind for kind in ours if says_something(kind.message)]


@pytest.fixture
def copied(tmp_path):
    for path in FOLDER.glob("*.po*"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize("file", [TEMPLATE, *(f"{language}.po" for language in COMPLETE)])
def test_every_refusal_and_every_check_stands_in_every_catalogue(file, refusals):
    known = texts(file)
    assert [kind.code for kind in refusals if str(kind.message) not in known] == []
    told = [*checks.SENTENCES.values(), *gate.SENTENCES.values()]
    assert [text for text in told if says_something(text) and str(text) not in known] == []


@pytest.mark.parametrize("language", COMPLETE)
def test_nothing_is_missing_or_fuzzy_or_has_other_places(language):
    assert [str(lack) for lack in lacks(language)] == []


@pytest.mark.parametrize("language", COMPLETE)
def test_every_translation_can_be_filled_like_its_original(language):
    for entry in polib.pofile(str(FOLDER / f"{language}.po"), encoding="utf-8"):
        for told in [*entry.msgstr_plural.values(), entry.msgstr]:
            if told:
                assert how_values_are_written(told) == how_values_are_written(
                    entry.msgid_plural or entry.msgid
                ), told


def how_values_are_written(text):
    return sorted(part.split("}")[0] for part in text.split("{")[1:])


def test_the_template_has_no_dates_and_no_line_numbers():
    text = (FOLDER / TEMPLATE).read_text("utf-8")
    assert "Date" not in text
    places = [line for line in text.splitlines() if line.startswith("#: ")]
    assert len(places) > 200
    assert [line for line in places if ":" in line[3:]] == []


def test_the_same_code_gives_the_same_files(copied):
    write_all(copied)
    first = {path.name: path.read_bytes() for path in copied.iterdir()}
    write_all(copied)
    assert {path.name: path.read_bytes() for path in copied.iterdir()} == first
    assert first[TEMPLATE] == (FOLDER / TEMPLATE).read_bytes()


def test_the_committed_files_are_what_the_code_says():
    assert stale() == []


def test_a_new_sentence_fails_the_check_with_the_command_that_mends_it(copied):
    template = copied / TEMPLATE
    text = template.read_text("utf-8")
    template.write_text(text.replace("This request is too large.", "An older sentence."), "utf-8")
    assert check(copied) == [f"{TEMPLATE} is not what the code says; {MEND}"]
    assert main(["check"], copied) == 1
    assert main(["update"], copied) == 0
    assert check(copied) == []


def test_a_missing_translation_is_named_with_its_language(copied):
    path = copied / "es.po"
    catalogue = polib.pofile(str(path), encoding="utf-8")
    catalogue.find("This request is too large.").msgstr = ""
    catalogue.save()
    write_all(copied)
    assert check(copied) == [f"es: missing: This request is too large.; {MEND}"]


def test_a_translation_with_another_place_is_named(copied):
    path = copied / "es.po"
    text = path.read_text("utf-8").replace("No existe el trabajo {job}.", "No existe {trabajo}.")
    path.write_text(text, "utf-8")
    assert check(copied) == [f"es: other places: There is no job {{job}}.; {MEND}"]


def test_a_fuzzy_translation_counts_as_none(copied):
    path = copied / "es.po"
    text = path.read_text("utf-8")
    spot = text.index('msgid "There is no job {job}."')
    path.write_text(text[:spot] + "#, fuzzy\n" + text[spot:], "utf-8")
    assert [str(lack) for lack in lacks("es", copied)] == ["es: fuzzy: There is no job {job}."]


def test_a_language_that_is_begun_fails_nothing(copied):
    assert main(["add", "ru"], copied) == 0
    assert check(copied) == []
    begun = polib.pofile(str(copied / "ru.po"), encoding="utf-8")
    assert "nplurals=" in begun.metadata["Plural-Forms"]
    forms = len(begun.find("{count} line to look at.").msgstr_plural)
    assert forms == int(begun.metadata["Plural-Forms"].split("=")[1].split(";")[0])
    assert len(lacks("ru", copied)) == len(find_sentences())


def test_a_finished_language_that_is_gone_is_missed(copied):
    (copied / "es.po").unlink()
    assert check(copied) == ["es.po is gone"]


def test_an_update_keeps_what_translators_wrote(copied):
    before = {path.name: path.read_text("utf-8") for path in copied.glob("*.po")}
    (copied / TEMPLATE).unlink()
    assert main(["update"], copied) == 0
    assert {path.name: path.read_text("utf-8") for path in copied.glob("*.po")} == before
    assert (copied / TEMPLATE).is_file()


def test_what_is_said_is_found_wherever_it_may_stand():
    code = '''
class Full(Refusal):
    """No room.

    More of it.
    """
    message = Counted("{n} seats are taken.", one="{n} seat is taken.", by="n")

class Late(Refusal):
    """Too late."""
    message: ClassVar[str] = "Come " "earlier."

class Bare(Refusal):
    message = "{sentence}"

STATE_SENTENCES = ("open", "shut")

def tell(left):
    return words("None left." if not left else "Some left.", left=left)
'''
    found = {(each.text, each.many, each.note) for each in sentences_in(code, "silkreel/seats.py")}
    assert found == {
        ("{n} seat is taken.", "{n} seats are taken.", ""),
        ("Come earlier.", "", "Too late."),
        ("open", "", ""),
        ("shut", "", ""),
        ("None left.", "", ""),
        ("Some left.", "", ""),
    }


def test_an_f_string_is_turned_down_with_its_line():
    with pytest.raises(NotLiteralError, match=r"silkreel/a\.py, line 2"):
        list(sentences_in('name = "Ana"\nwords(f"Hello {name}")', "silkreel/a.py"))


def test_places_are_told_apart_from_how_they_are_written():
    assert places("{size:.0f} MB of {model}, {model}") == ["model", "model", "size"]


def test_no_sentence_of_the_command_line_is_printed_without_words():
    """What `print` is handed there is words(...), a value, or a line made of values only."""
    bare = []
    for path in sorted((ROOT / "src/silkreel/cli").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                bare += [f"{path.name}: {text}" for text in map(spelled_out, node.args) if text]
    allowed = {"__init__.py", "serving.py"}
    assert [each for each in bare if each.split(":")[0] not in allowed] == []


def spelled_out(node):
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(
        part.value
        for part in parts
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
    return text if any(character.isalpha() for character in text) else ""


def test_an_installed_wheel_has_the_catalogues(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling is not installed; see requirements/build.in")
    program = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(program, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        packed = {f"silkreel/locale/{path.name}" for path in made()}
        assert packed <= names
        assert archive.read("silkreel/locale/es.po") == (FOLDER / "es.po").read_bytes()
