"""A story's files: reading, saving over what one saw, earlier saves, and drafts side by side."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Query

from silkreel.story.desk.drafts import compare, counted
from silkreel.story.desk.growing import add_part
from silkreel.story.desk.revisions import goes_on, history, revision, state_at
from silkreel.story.desk.saving import (
    LONGEST_PATH,
    Draft,
    cast_of,
    open_file,
    paths_of,
    read,
    restore,
    save,
    stamp,
    text_of,
)
from silkreel.story.desk.shelf import find_story
from silkreel.web.edge import Reading, TheSite
from silkreel.web.staff.rights import StaffTransaction, no_store
from silkreel.web.staff.shapes import NO_CONTROLS
from silkreel.web.staff.story_door import (
    PREFIX,
    STORY_NOES,
    TEXT_BODY,
    DeskTransaction,
    Reader,
    StoryName,
    Upload,
    Writer,
)
from silkreel.web.staff.story_shapes import (
    Diff,
    DiffRow,
    FileText,
    History,
    NewPart,
    Restoring,
    RevisionShape,
    RevisionText,
    Stamped,
)

MOST_SITTINGS = 100
router = APIRouter(
    prefix=PREFIX + "/{story}",
    tags=["staff"],
    responses=STORY_NOES,
    dependencies=[Depends(no_store)],
)
SaveNumber = Annotated[int, Path(ge=1, le=2**31 - 1)]
Number = Annotated[int, Query(ge=0, le=2**31 - 1)]
FilePath = Annotated[str, Query(max_length=LONGEST_PATH, pattern=NO_CONTROLS)]


@router.get("/file")
def show(
    story: StoryName, path: FilePath, by: Reader, tx: DeskTransaction, site: TheSite
) -> FileText:
    """A file as it stands, to be written on."""
    return FileText.of(open_file(tx, site.stories, story, path, by=by))


@router.put("/file", openapi_extra=TEXT_BODY)
def keep(
    story: StoryName,
    path: FilePath,
    by: Writer,
    tx: DeskTransaction,
    site: TheSite,
    upload: Upload,
    if_match: Annotated[str, Header(max_length=70, description="hash of the text begun from")] = "",
) -> FileText:
    """Save a file; what others changed elsewhere in it meanwhile is joined in."""
    draft = Draft(path, text_of(upload, path), if_match.strip('"'))
    return FileText.of(save(tx, site.stories, story, draft, by=by))


@router.get("/history")
def earlier(
    story: StoryName,
    by: Reader,
    tx: Reading,
    site: TheSite,
    path: FilePath = "",
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> History:
    """Who wrote when: sittings, newest first."""
    find_story(tx, site.stories, story, by.brand_id)
    shown = history(tx, story, path, before)[:MOST_SITTINGS]
    oldest = shown[-1].oldest if shown else 0
    return History(
        sittings=[RevisionShape.of(each) for each in shown],
        next_before=oldest if goes_on(tx, story, path, oldest) else None,
    )


@router.get("/revisions/{number}")
def one(
    story: StoryName, number: SaveNumber, by: Reader, tx: Reading, site: TheSite
) -> RevisionText:
    """A file as it was saved once."""
    find_story(tx, site.stories, story, by.brand_id)
    told, text = revision(tx, story, number)
    return RevisionText(**RevisionShape.of(told).model_dump(), text=text)


@router.post("/restore")
def bring_back(
    story: StoryName, told: Restoring, by: Writer, tx: StaffTransaction, site: TheSite
) -> FileText:
    """Make an earlier text the newest again."""
    return FileText.of(restore(tx, site.stories, story, told.number, told.seen_hash, by=by))


@router.get("/diff")
def diff(
    story: StoryName, old: Number, by: Reader, tx: Reading, site: TheSite, new: Number = 0
) -> Diff:
    """Two drafts of the whole story by line id; `new` 0 is the story as it stands."""
    folder = find_story(tx, site.stories, story, by.brand_id)
    after = state_at(tx, story, new) if new else {p: read(folder, p) for p in paths_of(folder)}
    rows = compare(state_at(tx, story, old), after, cast_of(folder))
    return Diff(counts=counted(rows), rows=[DiffRow.of(row) for row in rows])


@router.post("/parts", status_code=201)
def grow(
    story: StoryName, new: NewPart, by: Writer, tx: StaffTransaction, site: TheSite
) -> FileText:
    """A new episode or chapter, to be written over."""
    return FileText.of(add_part(tx, site.stories, story, new.part, new.title, by=by))


@router.post("/stamp")
def give_ids(story: StoryName, by: Writer, tx: StaffTransaction, site: TheSite) -> Stamped:
    """Give every line without one its permanent id."""
    given, retired = stamp(tx, site.stories, story, by=by)
    return Stamped(given=given, retired=[*retired])
