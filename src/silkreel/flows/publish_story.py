"""A story becomes what viewers read and play: checked, compiled, kept for ever, joined to its series."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from silkreel.catalogue.series import find_series
from silkreel.catalogue.tables import SeriesRow
from silkreel.flows.story_memory import remember_story, speaks
from silkreel.flows.story_outside import story_outside
from silkreel.kit.artifacts import Workshop
from silkreel.kit.refusals import Refusal
from silkreel.kit.storage import Store
from silkreel.kit.words import Counted
from silkreel.story.art import Picture, pictures_of
from silkreel.story.canon import Walk, canon_questions
from silkreel.story.checking import check, look_into
from silkreel.story.compile import compile_ink
from silkreel.story.edition import Edition, edition_of
from silkreel.story.endings import endings_of
from silkreel.story.exporting import canon_ids
from silkreel.story.findings import Finding
from silkreel.story.lints.evidence import Evidence, Outside
from silkreel.story.novel import read_novel
from silkreel.story.pages import pages_of
from silkreel.story.playing import game_only_of, open_play
from silkreel.story.project import Story, open_story, read_text
from silkreel.story.publishing import (
    Signature,
    StoredPage,
    hide_work,
    keep_version,
    known_version,
    show_version,
)
from silkreel.story.rehearse import rehearse
from silkreel.story.replay import digest_of
from silkreel.story.tables import StoryFileRow, StoryVersionRow, StoryWorkRow
from silkreel.story.units import units_of
from silkreel.story.wordless import wordless

WITNESSES = 100  # walks that look for ways into scenes; a work of 80 episodes walks ten a second
LAYOUT = "2"  # of what is written: raise it when files or rows are made otherwise


class StoryBlocked(Refusal):
    """A check found what must not be published."""

    status = 409
    message = "{at}: {code}: {sentence} This blocks publishing."


class FindingsBlock(StoryBlocked):
    """Several findings block."""

    message = Counted(
        "{at}: {code}: {sentence} This and {count} more findings block publishing; `silkreel story "
        "check {path}` lists them.",
        one="{at}: {code}: {sentence} This and {count} more finding block publishing; `silkreel "
        "story check {path}` lists them.",
    )


class NoStoryThere(Refusal):
    """A series without a published story."""

    status = 404
    message = "{slug} has no published story; run `silkreel story publish PATH --series {slug}`."


class WordsLeftIn(Refusal):
    """Without its words the story plays otherwise: something in its logic hangs on them."""

    status = 422
    message = (
        "{path}:1: the game goes another way once its words are taken out; let no condition hang on "
        "text that is shown."
    )


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing came to."""

    slug: str
    digest: str
    number: int
    fresh: bool  # whether the version is new
    changed: bool  # whether viewers see another version than before
    episodes: int
    chapters: int
    scenes_total: int  # the game can show
    endings_total: int  # the game can come to
    reads: tuple[str, ...]  # languages
    plays: tuple[str, ...]
    findings: tuple[Finding, ...]  # open ones that did not block


@dataclass(frozen=True, slots=True)
class PublishedWork:
    """One line of the list of published stories."""

    slug: str
    title: str
    digest: str
    number: int
    shown: bool
    published_at: datetime
    published_by: str


def publish_story(
    workshop: Workshop, path: Path, slug: str, *, by: str, at: datetime
) -> Publication:
    """Publish the story in a folder as the story of a series.

    The same sources again change nothing; others become a new version beside the old ones, whose
    saves and places live on.

    Raises:
        NoSuchSeries: there is no series to publish it for.
        NoStory, BadStoryFile: it cannot be read.
        StoryBlocked: a check blocks; NotPlayable: the series' own way cannot be walked.
        InkTooBig, CompilerGaveUp, NoInkEngine: it cannot be compiled.
    """
    with workshop.reading() as tx:
        series_id = find_series(tx, slug).id
    story = open_story(path)
    evidence, findings = _checked(story, path, story_outside(workshop, story, slug))
    art = pictures_of(evidence.story, read_novel(evidence.story))
    digest = digest_of(_sources(evidence, art))
    with workshop.reading() as tx:
        known = known_version(tx, series_id, digest)
    if known is None:
        edition, made = _play_through(evidence)
        files = tuple(_stored(workshop.store, edition, evidence, made, art))
    with workshop.transaction() as tx:
        if known is None:
            version = keep_version(tx, series_id, edition, files, Signature(digest, by, at))
        else:
            version = tx.get_one(StoryVersionRow, known.id)
        changed = show_version(tx, version)
        _lend_words(tx, series_id, evidence, by=by, at=at)
        offered, totals = _offered(tx, version.id), _totals(version)
    return Publication(
        slug, digest, version.number, known is None, changed,
        len(evidence.numbered), len(evidence.chapters), *totals,
        offered.get("chapter", ()), offered.get("strings", ()), findings,
    )  # fmt: skip


def unpublish_story(workshop: Workshop, slug: str) -> None:
    """Take a series' story away from readers and players; saves, places and versions stay.

    Raises:
        NoSuchSeries, NoStoryThere.
    """
    with workshop.transaction() as tx:
        if not hide_work(tx, find_series(tx, slug).id):
            raise NoStoryThere(slug=slug)


def published_works(workshop: Workshop) -> list[PublishedWork]:
    """Every version of every story, the newest of each first."""
    with workshop.reading() as tx:
        rows = tx.execute(
            sa.select(SeriesRow.slug, StoryVersionRow, StoryWorkRow.shown_id)
            .join(StoryWorkRow, StoryWorkRow.id == StoryVersionRow.work_id)
            .join(SeriesRow, SeriesRow.id == StoryWorkRow.series_id)
            .order_by(SeriesRow.slug, StoryVersionRow.number.desc())
        )
        return [
            PublishedWork(
                slug, row.title, row.digest, row.number, row.id == shown, row.published_at,
                row.published_by,
            )
            for slug, row, shown in rows
        ]  # fmt: skip


def _lend_words(
    tx: sa.orm.Session, series_id: str, evidence: Evidence, *, by: str, at: datetime
) -> None:
    """What the story has approved, the series' dubbing need not ask for again."""
    series = tx.get_one(SeriesRow, series_id)
    if not speaks(series, evidence.story.project):
        return
    units = units_of(evidence.story, evidence.chapters)
    for language, translations in evidence.translations.items():
        remember_story(tx, series, language, units, translations, by=by, at=at)


def _checked(story: Story, path: Path, outside: Outside) -> tuple[Evidence, tuple[Finding, ...]]:
    """A story that nothing blocks, and what is still open in it.

    Raises:
        StoryBlocked: a check blocks; NotPlayable: its canon cannot be walked.
    """
    evidence = look_into(story, outside=outside)
    findings = check(evidence)
    blocking = [each for each in findings if each.severity == "B"]
    if blocking:
        first = blocking[0]
        refusal = FindingsBlock if len(blocking) > 1 else StoryBlocked
        raise refusal(
            at=str(first.at), code=first.code, sentence=first.sentence, count=len(blocking) - 1,
            path=str(path),
        )  # fmt: skip
    canon_ids(evidence)
    return evidence, tuple(each for each in findings if each.open)


def _sources(evidence: Evidence, art: Sequence[Picture]) -> Mapping[str, str]:
    """Everything a version is made of, as text by name."""
    story = evidence.story
    texts = {**story.texts, "": LAYOUT}
    names = [chapter.path for chapter in evidence.chapters]
    names += [f"i18n/{language}.po" for language in evidence.translations]
    names += ["story.yaml"] if story.declared else []
    texts |= {name: read_text(story.folder / name, name) for name in names}
    return texts | {picture.name: picture.content_hash for picture in art}


def _play_through(evidence: Evidence) -> tuple[Edition, str]:
    """The edition, and its story compiled without words; both must play alike."""
    story, canon = evidence.story, evidence.canon
    assert canon is not None, "canon_ids has refused a story without one"
    made = compile_ink(wordless(story)).json()
    with open_play(made) as player:
        walk: Walk = player.canon(game_only_of(story))
        asked = canon_questions(player)
    if walk != canon:
        raise WordsLeftIn(path=story.main.path)
    told = rehearse(story, made, walks=WITNESSES)
    return edition_of(evidence, canon, asked, told, endings_of(made)), made


def _stored(
    store: Store, edition: Edition, evidence: Evidence, made: str, art: Sequence[Picture]
) -> Iterator[StoredPage]:
    """Every file of a version, laid into the store."""
    content = made.encode()
    yield StoredPage("game", "", "", "", store.write(content, ".json"), ".json", len(content))
    public = {}
    for picture in art:
        stored = store.write(picture.path.read_bytes(), picture.suffix)
        public[picture.name] = f"{stored}{picture.suffix}"
        size = picture.path.stat().st_size
        yield StoredPage("art", picture.name, "", "", stored, picture.suffix, size)
    for page in pages_of(edition, evidence.translations, public):
        stored = store.write(page.content, ".json")
        yield StoredPage(
            page.kind, str(page.number), page.language, page.state, stored, ".json",
            len(page.content),
        )  # fmt: skip


def _totals(version: StoryVersionRow) -> tuple[int, int]:
    """How many scenes and endings the game has."""
    game = version.game or {"scenes": (), "endings": ()}
    return len(game["scenes"]), len(game["endings"])


def _offered(tx: sa.orm.Session, version_id: str) -> dict[str, tuple[str, ...]]:
    """Languages of each kind of file that every number of that kind has."""
    rows = tx.execute(
        sa.select(StoryFileRow.kind, StoryFileRow.language, sa.func.count())
        .where(StoryFileRow.version_id == version_id, StoryFileRow.kind.in_(("strings", "chapter")))
        .group_by(StoryFileRow.kind, StoryFileRow.language)
    ).all()
    most = {kind: max(count for k, _, count in rows if k == kind) for kind, _, _ in rows}
    found: dict[str, tuple[str, ...]] = {}
    for kind, language, count in sorted(rows):
        if count == most[kind]:
            found[kind] = (*found.get(kind, ()), language)
    return found
