"""`silkreel story assist, proposals, accept, reject`: a model proposes, a person decides."""

import getpass
from pathlib import Path

from silkreel.cli import DONE, show
from silkreel.kit.clock import now
from silkreel.kit.languages import normal_tag
from silkreel.kit.settings import read_settings
from silkreel.kit.words import Counted, words
from silkreel.story.assist.asking import Preview, Wanted, ask, preview
from silkreel.story.assist.deciding import with_proposal
from silkreel.story.assist.material import material_of
from silkreel.story.assist.record import Proposal, add_decision, read_record
from silkreel.story.assist.tasks import task_named
from silkreel.story.checking import look_into
from silkreel.story.project import open_story
from silkreel.story.stamping import replace_file

PROPOSALS = Counted("{count} proposals", one="{count} proposal")
TOKENS = Counted("{count} tokens", one="{count} token")


def assist(
    task: str, path: Path, /, *, episode: int = 1, language: str = "", wish: str = "",
    preview: bool = False,
) -> int:  # fmt: skip
    """Ask a model for proposals on an episode; nothing in the script changes by that.

    Args:
        task: punch_up, branch_ideas, episode_card, review, draft_scene, compliance_scan, shot_list
            or localise
        path: a story's folder
        episode: the episode's number
        language: the language to localise into
        wish: what you would like, in a sentence
        preview: only say what asking would take
    """
    settings = read_settings()
    material = material_of(look_into(open_story(path)), episode, wish)
    wanted = Wanted(task_named(task), material, normal_tag(language) if language else "")
    seen = _previewed(path, wanted)
    print(_told(seen))
    if preview:
        return DONE
    asked = ask(path, wanted, settings, seen.confirm, by=getpass.getuser(), at=now())
    for each in asked.proposals:
        print(_line(each))
    print(words(PROPOSALS, count=len(asked.proposals)))
    return DONE


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
                    "kind": p.change.kind, "line": p.change.line_id, "text": p.change.text,
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
    place = story.folder / file
    place.parent.mkdir(exist_ok=True)
    replace_file(place, text)
    add_decision(story.folder, number, "accepted", getpass.getuser(), now())
    print(words("Accepted into {file}.", file=file))


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


def _previewed(path: Path, wanted: Wanted) -> Preview:
    return preview(open_story(path).folder, wanted, read_settings(), f"{now():%Y-%m}")


def _told(seen: Preview) -> str:
    tokens = words(TOKENS, count=seen.prompt_tokens + seen.answer_tokens)
    if seen.known:
        return words("Asked before: the answer is at hand and costs nothing.")
    left = words(
        "{spent} of {limit} used this month", spent=seen.spent_tokens, limit=seen.limit_tokens
    )
    if seen.cost is None:
        return words("About {tokens}, {left}.", tokens=tokens, left=left)
    price = f"{seen.cost:.4f} {seen.currency}"
    return words("About {tokens}, {price}, {left}.", tokens=tokens, price=price, left=left)


def _line(each: Proposal) -> str:
    reason = f" ({each.change.reason})" if each.change.reason else ""
    return f"{each.number}  {each.state}  {each.change.line_id}  {each.change.text}{reason}"
