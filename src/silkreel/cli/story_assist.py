"""`silkreel story source, assist, proposals, accept, undo, reject`: a model proposes, a person decides."""

import getpass
from pathlib import Path

from silkreel.cli import DONE, REFUSED, show
from silkreel.kit.clock import now
from silkreel.kit.languages import normal_tag
from silkreel.kit.settings import Settings, read_settings
from silkreel.kit.words import Counted, words
from silkreel.story.assist.asking import Asked, Preview, Wanted
from silkreel.story.assist.deciding import edit_of, with_proposal, without
from silkreel.story.assist.ordering import Order, Source, questions
from silkreel.story.assist.record import Proposal, add_decision, read_record
from silkreel.story.assist.running import next_step, preview_run
from silkreel.story.checking import look_into
from silkreel.story.desk.finals import check_finals
from silkreel.story.importing import import_novel
from silkreel.story.project import Story, open_story
from silkreel.story.source import read_source
from silkreel.story.stamping import replace_file

DRAFTS = ("lines", "scene")  # what comes without ids
PROPOSALS = Counted("{count} proposals", one="{count} proposal")
CHAPTERS = Counted("{count} chapters", one="{count} chapter")
PARAGRAPHS = Counted("{count} paragraphs", one="{count} paragraph")
TOKENS = Counted("{count} tokens", one="{count} token")


def assist(
    task: str, path: Path, /, *, episode: int = 1, language: str = "", wish: str = "",
    source: Source = "novel", preview: bool = False,
) -> int:  # fmt: skip
    """Ask a model for proposals; nothing in the story changes by that.

    A novel is asked about in parts. A run that was broken off goes on where it stopped when it is
    asked for again.

    Args:
        task: split_novel, extract_bible, novelize, marketing, punch_up, branch_ideas, episode_card,
            review, draft_scene, compliance_scan, shot_list or localise
        path: a story's folder
        episode: the episode's number, for tasks on an episode; one that is planned from a novel gets its
            card from the novel, and its scenes from the card
        language: the language to localise into, or to sell in
        wish: what you would like, in a sentence
        source: what extract_bible, episode_card and draft_scene read: the source novel, or the script
        preview: only say what asking would take
    """
    settings, folder = read_settings(), open_story(path).folder
    order = Order(task, episode, language, wish, source)
    parts = questions(look_into(open_story(path)), order, settings)
    seen = preview_run(folder, parts, settings, f"{now():%Y-%m}")
    print(_told(seen))
    if preview:
        return DONE
    asked = _ask_all(folder, parts, settings, seen)
    if asked is None:
        return REFUSED
    for each in asked.proposals:
        print(_line(each))
    print(words(PROPOSALS, count=len(asked.proposals)))
    return DONE


def _ask_all(
    folder: Path, parts: tuple[Wanted, ...], settings: Settings, seen: Preview
) -> Asked | None:
    """Question after question; None where somebody stopped it."""
    done = seen.done
    with show.watching() as watcher:
        try:
            while True:
                step = next_step(
                    folder, parts, settings, seen.confirm, by=getpass.getuser(), at=now()
                )
                if step.asked is not None:
                    return step.asked
                done = step.done
                told = words("{done} of {of} parts", done=done, of=step.of)
                watcher.share(done / step.of, told, None)
        except KeyboardInterrupt:
            of = len(parts)
            told = words(
                "Stopped after {done} of {of} parts; ask again to go on.", done=done, of=of
            )
            watcher.step(told)
            return None


def source(path: Path, file: Path, /, *, language: str = "") -> None:
    """Bring a finished novel (.txt, .md, .epub) as a story's source, to be split into episodes.

    Args:
        path: a story's folder; where there is none, a story begins
        file: the novel
        language: the language it is in, where a story begins
    """
    count = import_novel(file, path, normal_tag(language) if language else "")
    found = read_source(path)
    chapters = len({each.chapter for each in found if each.chapter})
    print(f"{path}: {words(CHAPTERS, count=chapters)}, {words(PARAGRAPHS, count=count)}")
    print(words("Next: silkreel story assist split_novel {folder} --preview", folder=path))


def proposals(path: Path, /, *, json: bool = False) -> None:
    """List what models proposed and what became of it.

    Args:
        path: a story's folder
        json: print machine-readable results
    """
    kept = read_record(open_story(path).folder)
    if json:
        show.print_json(
            [
                {
                    "number": p.number, "task": kept.call(p.call).task, "state": p.state,
                    "kind": p.change.kind, "line": p.change.line_id,
                    "place": p.change.place, "text": p.change.text,
                    "reason": p.change.reason, "model": kept.call(p.call).model,
                    "prompt": kept.call(p.call).prompt_version, "decided_by": p.decided_by,
                }
                for p in kept.proposals
            ]
        )  # fmt: skip
        return
    for each in kept.proposals:
        print(_line(each))


def accept(path: Path, number: int, /) -> None:
    """Take a proposal into the script, while its line still reads as it did.

    Args:
        path: a story's folder
        number: the proposal's number
    """
    story = open_story(path)
    proposal = read_record(story.folder).proposal(number)
    file, text = with_proposal(story, proposal)
    edit = edit_of(story, file, text)
    _write(story, file, text)
    add_decision(story.folder, number, "accepted", getpass.getuser(), now(), edit)
    print(words("Accepted into {file}.", file=file))
    if proposal.change.kind in DRAFTS:
        print(words("Next: silkreel story stamp {folder}", folder=path))


def undo(path: Path, number: int, /) -> None:
    """Take an accepted proposal out again, while what it brought reads as it did; it waits once more.

    Args:
        path: a story's folder
        number: the proposal's number
    """
    story = open_story(path)
    proposal = read_record(story.folder).accepted(number)
    file, text = without(story, proposal)
    if file.endswith(".ink"):
        check_finals(story.texts[file], text, story.project.names)
    _write(story, file, text)
    add_decision(story.folder, number, "open", getpass.getuser(), now())
    print(words("Taken out of {file}.", file=file))


def reject(path: Path, number: int, /) -> None:
    """Put a proposal away.

    Args:
        path: a story's folder
        number: the proposal's number
    """
    folder = open_story(path).folder
    read_record(folder).proposal(number)
    add_decision(folder, number, "rejected", getpass.getuser(), now())
    print(words("Put away."))


def _write(story: Story, file: str, text: str) -> None:
    """A file that was made by accepting and is empty again goes."""
    place = story.folder / file
    place.parent.mkdir(exist_ok=True)
    if text.strip():
        replace_file(place, text)
    else:
        place.unlink(missing_ok=True)


def _told(seen: Preview) -> str:
    tokens = words(TOKENS, count=seen.prompt_tokens + seen.answer_tokens)
    if seen.known:
        return words("Asked before: the answer is at hand and costs nothing.")
    left = words(
        "{spent} of {limit} used this month", spent=seen.spent_tokens, limit=seen.limit_tokens
    )
    told = words("About {tokens}, {left}.", tokens=tokens, left=left)
    if seen.cost is not None:
        price = f"{seen.cost:.4f} {seen.currency}"
        told = words("About {tokens}, {price}, {left}.", tokens=tokens, price=price, left=left)
    if seen.parts == 1:
        return told
    return f"{words('{done} of {of} parts', done=seen.done, of=seen.parts)}. {told}"


def _line(each: Proposal) -> str:
    reason = f" ({each.change.reason})" if each.change.reason else ""
    change = each.change
    where = " ".join(part for part in (change.line_id, change.place) if part)
    return f"{each.number}  {each.state}  {where}  {change.text.rstrip()}{reason}"
