"""Scripts go out without the comments that stand on lines of their own, and with every line in its place."""

import pytest

from silkreel.web.assets import UI_FOLDER, AssetTree, without_comments

SCRIPT = b"""// What it is.
import { t } from "./words.js"; // stays: it shares its line

/** One thing. @param {string} of
 * @returns {string} */
export const one = (of) => `https://${of}/*`;
  // inside
const two = "/** no comment */";
"""

pytestmark = pytest.mark.sqlite_only  # no database here


def test_whole_lines_of_comment_go_and_code_stays_on_its_line():
    kept = without_comments(SCRIPT).split(b"\n")
    lines = SCRIPT.split(b"\n")
    assert len(kept) == len(lines)
    assert [n for n, line in enumerate(kept) if line] == [1, 5, 7]
    assert all(kept[n] == lines[n] for n in (1, 5, 7))


def test_only_our_own_scripts_are_lightened():
    files = AssetTree.load().files
    ours, theirs = "app/play/session.js", "vendor/ink.mjs"
    assert len(files[ours].content) < 0.9 * (UI_FOLDER / ours).stat().st_size
    assert files[theirs].content == (UI_FOLDER / theirs).read_bytes()
