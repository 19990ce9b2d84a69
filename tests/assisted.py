"""What tests of the assistant share: a small novel, and orders asked at a local server."""

import json
import re
from datetime import UTC, datetime

from fault_server import Answer, said
from silkreel.kit.settings import Settings
from silkreel.story.assist.ordering import Order, questions
from silkreel.story.assist.running import next_step, preview_run
from silkreel.story.readers.prose import read_prose
from silkreel.story.source import write_source

AT = datetime(2026, 11, 23, tzinfo=UTC)
NOVEL = """第一章 归来

林晚推开酒店的门，雨水顺着袖口往下滴。

“三〇四不出租。”梅姐头也不抬。

林晚把黄铜钥匙按在柜台上。“三年前，它租给了我。”

第二章 信

电梯停在三楼。灯还亮着。

桌上压着一封信，信封上写着梅姐的名字。

“他没有死。”林晚说。

第三章 灯

梅姐把信烧了，火光照着黄铜钥匙。

林晚没有拦她。
"""


def with_novel(folder, text=NOVEL):
    write_source(folder, read_prose(text.encode(), "novel.txt"))


def settings(tmp_path, url, **more):
    return Settings(home=tmp_path / "home", writer_url=url, writer_model="small", **more)


def parts_of(evidence, told, task, **more):
    return questions(evidence, Order(task, **more), told)


def run(folder, parts, told, steps=1000, **more):
    """Ask until it is through, or as many steps as are told."""
    confirm = preview_run(folder, parts, told, "2026-11").confirm
    step = None
    for _ in range(steps):
        step = next_step(folder, parts, told, confirm, by="anna", at=AT, **more)
        if step.asked is not None:
            break
    return step


def told_in(body):
    """The document a request tells."""
    return json.loads(body["messages"][1]["content"])


def paragraphs_in(body):
    return [text for chapter in told_in(body)["chapters"] for text in chapter["paragraphs"]]


def split_by(size):
    """A model that cuts each part into episodes of `size` paragraphs."""

    def decide(body, _number):
        told = paragraphs_in(body)
        groups = [told[at : at + size] for at in range(0, len(told), size)]
        episodes = [
            {"title": f"“{g[0][:6]}”", "start_marker": g[0][:40], "end_marker": g[-1][-40:],
             "summary": f"{len(g)} paragraphs."}
            for g in groups
        ]  # fmt: skip
        return Answer(body=said(json.dumps({"episodes": episodes}, ensure_ascii=False)))

    return decide


def always(answer):
    text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
    return lambda _body, _number: Answer(body=said(text))


def no_blanks(text):
    return re.sub(r"\s", "", text)
