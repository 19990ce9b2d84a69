"""series.yaml is read strictly and its mistakes are named."""

import json
from contextlib import suppress

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from silkreel.flows.series_sheet import BadSheet, CastSheet, SeriesSheet, read_sheet


def write(folder, text):
    (folder / "series.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_sheet_says_nothing(tmp_path):
    sheet = read_sheet(tmp_path)
    assert (sheet.slug, sheet.source_language, sheet.orientation, sheet.title) == (None,) * 4


def test_no_is_norwegian(tmp_path):
    sheet = read_sheet(write(tmp_path, "source_language: no\ntitle: {no: Nattferge}\n"))
    assert (sheet.source_language, sheet.title) == ("no", {"no": "Nattferge"})


def test_a_title_alone_is_in_the_source_language_whichever_that_is(tmp_path):
    assert read_sheet(write(tmp_path, "title: 夜渡\n")).title == {"": "夜渡"}


def test_dates_in_the_rights_are_kept_as_text(tmp_path):
    sheet = read_sheet(write(tmp_path, "rights: {until: 2027-13-01, regions: [BR, MX]}\n"))
    assert sheet.rights == {"until": "2027-13-01", "regions": ["BR", "MX"]}


def test_tags_are_spelled_the_one_way_and_a_single_title_is_in_the_source_language(tmp_path):
    sheet = read_sheet(
        write(
            tmp_path,
            "title: 夜渡\nsource_language: zh-CN\nterms:\n  - {source: 阿梅, targets: {pt_br: Mei}}\n",
        )
    )
    assert sheet.source_language == "zh-Hans"
    assert list(sheet.title.values()) == ["夜渡"]
    assert sheet.terms[0].targets == {"pt-BR": "Mei"}


MISTAKES = [
    ("slug: [1", "line 1: a bracket is not closed; write each field as NAME: VALUE"),
    ("title: a: b", "line 1: there is a colon in a text"),
    ("slug: x\n\ttitle: y", "line 2: a tab or a mark"),
    ("a: &x [1]\nb: *x", "line 2: references"),
    ("[" * 20_000, "too deep"),
    ("slug: 2046", "line 1: slug must be a text; put it in quotes; write for example `slug: "),
    ("? [a]\n: b", "series.yaml"),
    (
        "slug: x\norientatoin: vertical",
        "line 2: there is no field orientatoin, perhaps orientation",
    ),
    ("colour: red", "line 1: there is no field colour; the fields here are slug, title"),
    ("cast:\n- name: A\n  voice: x", "line 3: there is no field voice, perhaps voices is meant"),
    ("cast:\n- names: {en: Mei}", "line 2: cast needs the field name; write for example `name: "),
    ("cast: Mei", "line 1: cast must be a list; write for example `cast: "),
    ("cast: [Mei]", "line 1: cast must be a list of entries with fields"),
    ("cast:\n- name: A\n  voices: {en: heart}", "line 3: cast.voices.en has heart, which is not E"),
    ("- a\n- b", "it must hold fields with their values; write for example `slug: "),
    (
        "slug: x\nsource_language: klingon!!",
        "line 2: source_language has klingon!!, which is no la",
    ),
    ("source_language: true", "line 1: source_language has True, which is no language tag"),
    ("title: {xx-yy-zz-1: A}", "line 1: title.xx-yy-zz-1 has xx-yy-zz-1, which is no language tag"),
    ("title: {en: 2046}", "line 1: title.en must be a text; put it in quotes; write for example"),
    ("title: [a]", "line 1: title must be texts by language; write for example `title: {"),
    ("orientation: diagonal", "line 1: orientation must be 'vertical' or 'landscape', not 'diago"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_each_mistake_is_one_sentence_with_its_line_and_what_to_write(tmp_path, text, told):
    with pytest.raises(BadSheet) as refused:
        read_sheet(write(tmp_path, text))
    sentence = str(refused.value)
    assert told in sentence
    assert sentence.startswith("series.yaml")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    for raw in ("Input should", "Extra inputs", "pydantic", "expected <", "did not find", "while "):
        assert raw not in sentence


@settings(max_examples=60)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*SeriesSheet.model_fields, *CastSheet.model_fields, "x", 1]),
                      inner, max_size=4),
    max_leaves=12,
))  # fmt: skip
def test_any_sheet_is_read_or_refused_in_a_sentence(tmp_path_factory, content):
    folder = write(tmp_path_factory.mktemp("any"), yaml.safe_dump(content, allow_unicode=True))
    with suppress(BadSheet):
        json.dumps(read_sheet(folder).model_dump(), allow_nan=False)


def test_a_sheet_that_is_a_folder_or_no_text_is_refused(tmp_path):
    (tmp_path / "series.yaml").mkdir()
    with pytest.raises(BadSheet, match="cannot be read"):
        read_sheet(tmp_path)
    (tmp_path / "series.yaml").rmdir()
    (tmp_path / "series.yaml").write_bytes("title: 夜渡".encode("gb18030"))
    with pytest.raises(BadSheet, match="save it as UTF-8"):
        read_sheet(tmp_path)


def test_a_sheet_of_ten_megabytes_is_refused(tmp_path):
    with pytest.raises(BadSheet, match="larger than 1 MB"):
        read_sheet(write(tmp_path, "a" * 10_000_000))
