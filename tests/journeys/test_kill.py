"""A localisation killed at ten points loses nothing, redoes no finished step, and ends the same."""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from little_series import WORDS, environment, make_folder, silkreel
from silkreel.bible.memory import remember
from silkreel.catalogue.series import find_series
from silkreel.catalogue.tables import EpisodeRow, RenditionRow
from silkreel.jobs.tables import StageRunRow
from silkreel.kit.artifacts import ArtifactRow
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

PROGRAM = Path(__file__).parent / "noted_localise.py"
ORDER = ("little", "--to", "en,es")
KILLS_IN_A_ROW = 5
SEEDS = (1, 2)  # two journeys of five kills


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """A home into which the series was imported, its translations approved."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian's package `espeak-ng`)")
    folder = make_folder(tmp_path_factory.mktemp("kill") / "little")
    home = tmp_path_factory.mktemp("imported")
    done = silkreel(home, "import", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    workshop = open_workshop(Settings(home=home))
    with workshop.transaction() as tx:
        series = find_series(tx, "little")
        for language, words in WORDS.items():
            for source, text in words.items():
                remember(tx, series.id, language, source, text, approved_by="test")
    workshop.database.close()
    return home


@pytest.fixture(scope="module")
def undisturbed(imported, tmp_path_factory):
    home = _copy(imported, tmp_path_factory.mktemp("calm") / "home")
    process = _start(home)
    assert process.wait(timeout=300) == 0
    return _outcome(home)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_seeded_points_it_goes_on_and_ends_the_same(
    imported, undisturbed, tmp_path, seed
):
    chance = random.Random(seed)
    home = _copy(imported, tmp_path / "home")
    killed_at_work = 0
    while killed_at_work < KILLS_IN_A_ROW:
        finished_before = _finished(home)
        process = _start(home)
        _wait_for_more(home, finished_before, chance.randint(1, 4), process)
        time.sleep(chance.uniform(0, 0.3))
        alive = process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert alive, f"it ended after {killed_at_work} kills: too short a series for this test"
        killed_at_work += 1
        _note_kill(home)
    assert _start(home).wait(timeout=300) == 0
    assert _outcome(home) == undisturbed
    assert _redone(home) == []


def test_the_same_order_again_finds_everything_done(imported, tmp_path):
    home = _copy(imported, tmp_path / "home")
    assert _start(home).wait(timeout=300) == 0
    stages = (home / "ran.log").read_text(encoding="utf-8")
    assert _start(home).wait(timeout=300) == 0
    assert (home / "ran.log").read_text(encoding="utf-8") == stages


def test_a_language_more_makes_sound_and_subtitles_and_touches_no_video(imported, tmp_path):
    home = _copy(imported, tmp_path / "home")
    assert _start(home, "little", "--to", "en").wait(timeout=300) == 0
    before = _renditions(home)
    assert _start(home, "little", "--to", "en,es").wait(timeout=300) == 0
    after = _renditions(home)
    assert {name: made for name, made in after.items() if name in before} == before
    added = {name.split(" ")[1] for name in after.keys() - before.keys()}
    assert added == {"a.es", "s.es.cc", "s.es.sub"}


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def _start(home: Path, *order: str) -> subprocess.Popen:
    log = (home / "out.log").open("ab")
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), *(order or ORDER)],
        env=environment(home), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip


def _finished(home: Path) -> set[str]:
    workshop = open_workshop(Settings(home=home))
    try:
        with workshop.reading() as tx:
            return set(tx.scalars(sa.select(StageRunRow.label)))
    finally:
        workshop.database.close()


def _wait_for_more(home: Path, before: set[str], more: int, process: subprocess.Popen) -> None:
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        if len(_finished(home) - before) >= more:
            return
        time.sleep(0.05)


def _note_kill(home: Path) -> None:
    """Write down which stages had their record when the kill came."""
    workshop = open_workshop(Settings(home=home))
    with workshop.reading() as tx:
        rows = tx.execute(sa.select(StageRunRow.stage, StageRunRow.label)).all()
    workshop.database.close()
    with (home / "ran.log").open("a", encoding="utf-8") as log:
        for stage, label in rows:
            log.write(f"recorded {stage} {label}\n")
        log.write("killed\n")


def _redone(home: Path) -> list[str]:
    """Stages that began again although they were recorded before a kill."""
    recorded: Counter[str] = Counter()
    began: Counter[str] = Counter()
    again = []
    for row in (home / "ran.log").read_text(encoding="utf-8").splitlines():
        word, _, rest = row.partition(" ")
        stage = rest.split(" ")[0]
        ids = sorted(set(re.findall(r"\b[0-9a-z]{12}\b|\b(?:en|es)\b", rest)))
        name = f"{stage} {ids}"
        if word == "recorded":
            recorded[name] = 1
        elif word == "begin":
            began[name] += 1
            if recorded[name]:
                again.append(name)
    return again


def _renditions(home: Path) -> dict[str, str]:
    """Content hash by episode number and name."""
    workshop = open_workshop(Settings(home=home))
    query = sa.select(EpisodeRow.number, RenditionRow.name, RenditionRow.content_hash).join(
        EpisodeRow, EpisodeRow.id == RenditionRow.episode_id
    )
    with workshop.reading() as tx:
        found = {f"{number} {name}": made for number, name, made in tx.execute(query)}
    workshop.database.close()
    return found


def _outcome(home: Path) -> dict[str, str]:
    """What viewers get: hashes of picture and sound, text of subtitles without the minted ids."""
    workshop = open_workshop(Settings(home=home))
    outcome = {}
    with workshop.reading() as tx:
        rows = tx.execute(
            sa.select(EpisodeRow.number, RenditionRow).join(
                EpisodeRow, EpisodeRow.id == RenditionRow.episode_id
            )
        ).all()
        doubled = tx.execute(
            sa.select(ArtifactRow.key).group_by(ArtifactRow.key).having(sa.func.count() > 1)
        ).all()
    assert doubled == []
    for number, row in rows:
        path = workshop.store.path(row.content_hash, row.suffix)
        assert path.is_file()
        made = row.content_hash
        if row.kind == "subtitles":
            made = re.sub(r"ep\d{3}_[0-9a-z]{4}", "ID", path.read_text(encoding="utf-8"))
        outcome[f"{number} {row.name}"] = made
    workshop.database.close()
    return outcome
