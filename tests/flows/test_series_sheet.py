"""series.yaml is read strictly and its mistakes are named."""

import pytest

from silkreel.flows.series_sheet import BadSheet, read_sheet


def write(folder, text):
    (folder / "series.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_sheet_has_the_usual_values(tmp_path):
    sheet = read_sheet(tmp_path)
    assert sheet.source_language == "zh-Hans"
    assert sheet.orientation == "vertical"


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


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("slug: [1", "line 1"),
        ("orientatoin: vertical", "orientatoin"),
        ("- a\n- b", "list of fields"),
        ("source_language: klingon!!", "source_language"),
        ("orientation: diagonal", "orientation"),
    ],
)
def test_each_mistake_is_named(tmp_path, text, words):
    with pytest.raises(BadSheet, match=words):
        read_sheet(write(tmp_path, text))


def test_a_sheet_of_ten_megabytes_is_refused(tmp_path):
    with pytest.raises(BadSheet, match="larger than 1 MB"):
        read_sheet(write(tmp_path, "a" * 10_000_000))
