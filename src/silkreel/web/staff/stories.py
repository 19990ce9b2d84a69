"""Stories at the desk: the shelf, new ones, a story's outline, and its approvals."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from silkreel.kit.database import Session
from silkreel.kit.refusals import Refusal
from silkreel.people.actors import Actor
from silkreel.story.desk.approving import (
    Approval,
    approvals,
    approve,
    episode_hash,
    reopen,
    state_of,
)
from silkreel.story.desk.beginning import begin_story, import_story
from silkreel.story.desk.revisions import history, newest_number
from silkreel.story.desk.saving import paths_of
from silkreel.story.desk.shelf import find_story, stories_of
from silkreel.story.patching import FINAL
from silkreel.story.project import Story, open_story
from silkreel.story.script import Episode
from silkreel.web.edge import Reading, TheSite
from silkreel.web.site import Site
from silkreel.web.staff.rights import StaffTransaction, no_store
from silkreel.web.staff.shapes import NO_CONTROLS
from silkreel.web.staff.story_door import (
    FILE_BODY,
    PREFIX,
    STORY_NOES,
    Approver,
    Reader,
    StoryName,
    Upload,
    Writer,
)
from silkreel.web.staff.story_shapes import (
    Approving,
    Begun,
    EpisodeShape,
    FileShape,
    FileText,
    NewStory,
    Reopening,
    SceneShape,
    StoryOnShelf,
    StoryShape,
    StoryShelfShape,
)
from silkreel.web.staff.story_views import look_beyond
from silkreel.web.stories import TheStories

router = APIRouter(
    prefix=PREFIX, tags=["staff"], responses=STORY_NOES, dependencies=[Depends(no_store)]
)


@router.get("")
def shelf(by: Reader, tx: Reading, site: TheSite) -> StoryShelfShape:
    """Every story of the brand."""
    names = stories_of(tx, site.stories, by.brand_id)
    return StoryShelfShape(stories=[_on_shelf(tx, site, name, by) for name in names])


@router.post("", status_code=201)
def begin(new: NewStory, by: Writer, tx: StaffTransaction, site: TheSite) -> Begun:
    """Begin a story: a small complete one to be written over, or one with a single empty episode."""
    story = begin_story(tx, site.stories, new.title, new.start, by=by)
    return Begun(name=story.folder.name, lines=len(story.lines))


@router.post("/import", status_code=201, openapi_extra=FILE_BODY)
def take_in(
    by: Writer,
    tx: StaffTransaction,
    site: TheSite,
    upload: Upload,
    file: Annotated[str, Query(min_length=1, max_length=200, pattern=NO_CONTROLS)],
    title: Annotated[str, Query(max_length=80, pattern=NO_CONTROLS)] = "",
    language: Annotated[str, Query(max_length=35, pattern=NO_CONTROLS)] = "",
) -> Begun:
    """Make a story of a script: .fountain, .fdx, .docx or .txt."""
    made = import_story(tx, site.stories, (file, upload), title, language, by=by)
    unsure = [str(each) for each in made.draft.unsure]
    return Begun(name=made.story.folder.name, lines=len(made.story.lines), unsure=unsure)


@router.get("/{story}")
def outline(story: StoryName, by: Reader, tx: Reading, site: TheSite) -> StoryShape:
    """A story's files, episodes and scenes."""
    folder = find_story(tx, site.stories, story, by.brand_id)
    files = [FileShape(path=p, size_bytes=(folder / p).stat().st_size) for p in paths_of(folder)]
    newest = newest_number(tx, story)
    try:
        opened = open_story(folder)
    except Refusal as refusal:
        return StoryShape(
            name=story, title=story, language="", languages=[], cast=[], files=files, episodes=[],
            newest=newest, problem=str(refusal),
        )  # fmt: skip
    yes = approvals(tx, story)
    return StoryShape(
        name=story,
        title=opened.project.title or story,
        language=opened.project.language,
        languages=[*opened.project.languages],
        cast=[each.id for each in opened.project.cast],
        files=files,
        episodes=[_episode(opened, each, yes) for each in opened.episodes if not each.function],
        newest=newest,
    )


@router.post("/{story}/episodes/{episode}/approve")
def say_yes(
    story: StoryName, episode: str, said: Approving, by: Approver, site: TheSite,
    stories: TheStories,
) -> FileText:  # fmt: skip
    """Approve an episode somebody else wrote; from now on its words stay."""
    look = look_beyond(site, stories, story, by)  # compiled before anything is held
    seen = said.seen_hash, look.findings
    with site.workshop.transaction() as tx:
        saved = approve(tx, site.stories, story, episode, seen, by=by, reason=said.reason)
    return FileText.of(saved)


@router.post("/{story}/episodes/{episode}/reopen")
def open_again(
    story: StoryName, episode: str, told: Reopening, by: Approver, tx: StaffTransaction,
    site: TheSite,
) -> FileText:  # fmt: skip
    """Let writers at an approved episode again."""
    return FileText.of(reopen(tx, site.stories, story, episode, by=by, reason=told.reason))


def _on_shelf(tx: Session, site: Site, name: str, by: Actor) -> StoryOnShelf:
    folder = find_story(tx, site.stories, name, by.brand_id)
    last = next(iter(history(tx, name)), None)
    at, who = (last.at, last.staff_name) if last else (None, "")
    try:
        story = open_story(folder)
    except Refusal as refusal:
        return StoryOnShelf(
            name=name, title=name, language="", episodes=0, approved=0, lines=0,
            problem=str(refusal), changed_at=at, changed_by=who,
        )  # fmt: skip
    numbered = [each for each in story.episodes if each.number is not None]
    return StoryOnShelf(
        name=name, title=story.project.title or name, language=story.project.language,
        episodes=len(numbered), approved=sum(state_of(each) == FINAL for each in numbered),
        lines=len(story.lines), changed_at=at, changed_by=who,
    )  # fmt: skip


def _episode(story: Story, episode: Episode, yes: Mapping[str, Approval]) -> EpisodeShape:
    given = yes.get(episode.name)
    return EpisodeShape(
        name=episode.name, number=episode.number, title=episode.title, file=episode.at.file,
        line=episode.at.line, state=state_of(episode),
        content_hash=episode_hash(story, episode.name),
        approved_by=given.by if given else "", approved_at=given.at if given else None,
        scenes=[
            SceneShape(name=each.name, heading=each.heading, line=each.at.line)
            for each in episode.scenes
        ],
    )  # fmt: skip
