"""The name of a piece of work depends on what goes in, and on nothing else."""

import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from silkreel.kit.keys import canonical_json, file_hash, text_hash, work_key

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def reversed_everywhere(value):
    if isinstance(value, dict):
        return {key: reversed_everywhere(value[key]) for key in reversed(value)}
    return [reversed_everywhere(each) for each in value] if isinstance(value, list) else value


@given(json_values)
def test_the_order_of_names_does_not_matter(value):
    assert canonical_json(value) == canonical_json(reversed_everywhere(value))


@given(st.dictionaries(st.text(), json_values))
def test_a_key_is_a_sha256_and_the_same_each_time(inputs):
    key = work_key("step", 1, inputs)
    assert key == work_key("step", 1, dict(reversed(inputs.items())))
    assert len(key) == 64
    assert int(key, 16) >= 0


def test_a_key_changes_with_step_version_and_inputs():
    keys = {
        work_key("speak", 1, {"text": "a"}), work_key("speak", 2, {"text": "a"}),
        work_key("spell", 1, {"text": "a"}), work_key("speak", 1, {"text": "b"}),
        work_key("speak", 1, {"words": "a"}), work_key("speak", 1, {}),
    }  # fmt: skip
    assert len(keys) == 6


@given(st.text())
def test_how_a_text_is_composed_does_not_matter(text):
    forms = {text_hash(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


def test_outer_blanks_and_blanks_beside_chinese_do_not_matter_and_those_between_words_do():
    assert text_hash("  好 的 ") == text_hash("好的")
    assert text_hash(" a b ") == text_hash("a b") != text_hash("ab")


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1])
def test_a_files_hash_is_that_of_its_bytes(tmp_path, size):
    content = b"\xff" * size
    (tmp_path / "file").write_bytes(content)
    assert file_hash(tmp_path / "file") == hashlib.sha256(content).hexdigest()
