"""Line ids outlive every edit."""

import re

import sqlalchemy as sa

from silkreel.bible.lines import NewLine, keep_lines, lines_of, mint
from silkreel.bible.tables import LineRow
from silkreel.kit.spans import Span


def line(first, end, text, came_from="read"):
    return NewLine(Span(first, end), text, came_from)


def keep(workshop, *lines):
    with workshop.transaction() as tx:
        return [(row.id, row.source_text) for row in keep_lines(tx, "s", "e", 1, lines)]


def test_a_line_keeps_its_id_when_it_is_read_again_with_other_words_and_edges(workshop):
    first = keep(workshop, line(0, 50, "你好"), line(60, 90, "再见"))
    again = keep(workshop, line(3, 48, "您好"), line(58, 92, "再见"))
    assert [name for name, _ in again] == [name for name, _ in first]
    assert again[0][1] == "您好"


def test_a_new_line_between_two_gets_a_new_id_and_the_others_keep_theirs(workshop):
    (a, _), (b, _) = keep(workshop, line(0, 50, "一"), line(100, 150, "三"))
    made = keep(workshop, line(0, 50, "一"), line(60, 90, "二"), line(100, 150, "三"))
    assert made[0][0] == a
    assert made[2][0] == b
    assert made[1][0] not in {a, b}


def test_a_line_that_is_gone_is_retired_and_its_id_is_never_used_again(workshop):
    (gone, _), _ = keep(workshop, line(0, 50, "一"), line(100, 150, "三"))
    keep(workshop, line(100, 150, "三"))
    with workshop.reading() as tx:
        assert [row.source_text for row in lines_of(tx, "e")] == ["三"]
        assert tx.scalar(sa.select(LineRow.retired).where(LineRow.id == gone))


def test_what_a_person_corrected_is_not_overwritten_by_a_machine(workshop):
    keep(workshop, line(0, 50, "你号", "person"))
    assert keep(workshop, line(0, 50, "你号吗"))[0][1] == "你号"


def test_ids_name_their_episode_and_are_never_minted_twice():
    taken = set()
    names = {mint(7, taken) for _ in range(500)}
    assert len(names) == 500
    assert all(re.fullmatch(r"ep007_[0-9a-z]{4}", name) for name in names)
