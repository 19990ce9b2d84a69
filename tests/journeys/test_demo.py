"""The main job with the real engines: drawn, spoken, read, dubbed, mixed, packed, served, watched."""

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from chromium import browser, chromium  # noqa: F401 - a fixture
from silkreel.catalogue.tables import RenditionRow
from silkreel.engines.contracts import EngineMissing
from silkreel.engines.weights import model_folder
from silkreel.kit.artifacts import ArtifactRow
from silkreel.kit.opening import open_workshop
from silkreel.kit.settings import Settings

pytestmark = [pytest.mark.models, pytest.mark.timeout(1200)]
PLAYED = """() => {
  const video = document.querySelector("video");
  return video && !video.paused && video.currentTime > 0.5 && video.videoHeight > 0;
}"""


def silkreel(home, *words):
    return subprocess.run(
        [sys.executable, "-m", "silkreel", "--home", str(home), *words],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class Demo:
    home: Path
    told: dict
    words: str

    def renditions(self):
        workshop = open_workshop(Settings(home=self.home))
        with workshop.reading() as tx:
            rows = list(tx.scalars(sa.select(RenditionRow)))
        found = {row.name: workshop.store.path(row.content_hash, row.suffix) for row in rows}
        workshop.database.close()
        return found


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The first episode of the sample, in English and Spanish."""
    try:
        model_folder("kokoro-voices", Settings())
    except EngineMissing as missing:
        pytest.skip(str(missing))
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed (Debian's package `espeak-ng`)")
    home = tmp_path_factory.mktemp("demo") / "home"
    done = silkreel(home, "demo", "--no-serve", "--json", "--episodes", "1", "--to", "en,es")
    assert done.returncode == 0, done.stderr
    return Demo(home, json.loads(done.stdout.splitlines()[-1]), done.stderr)


def test_the_last_line_is_one_object_for_scripts(demo):
    assert set(demo.told) >= {
        "series", "episodes", "languages", "ocr", "qc", "cpu_seconds", "addresses"
    }  # fmt: skip
    assert demo.told["series"] == "before-the-lantern-dies"
    assert (demo.told["episodes"], demo.told["languages"]) == (1, ["en", "es"])
    assert demo.told["cpu_seconds"]["total"] >= demo.told["cpu_seconds"]["engines"] > 0
    assert demo.told["notes"] == []
    tongues = {"zh-Hans", "en", "es", "pt-BR"}
    assert {name: set(each) for name, each in demo.told["story"].items()} == {
        "reads": tongues, "plays": tongues,
    }  # fmt: skip


def test_its_captions_are_read_as_they_were_written(demo):
    ocr = demo.told["ocr"]
    assert ocr["cer"] <= 0.01
    assert (ocr["found"], ocr["invented"]) == (ocr["lines"], 0)


def test_quality_control_finds_nothing_to_mend(demo):
    assert demo.told["qc"]["fail"] == 0
    assert demo.told["qc"]["pass"] >= 2 * 0.9 * demo.told["ocr"]["lines"]


def test_every_file_is_sound_to_an_independent_reader(demo):
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed (apt-get install ffmpeg)")
    found = demo.renditions()
    assert {"v360", "v540", "v720", "a.en", "a.es", "s.en.cc", "s.es.cc"} <= set(found)
    lengths = {
        name: float(_probe(path)["format"]["duration"])
        for name, path in found.items()
        if name[0] in "va"
    }
    assert max(lengths.values()) - min(lengths.values()) < 0.1
    for name in ("a.en", "a.es"):
        assert abs(_loudness(found[name]) - -16.0) < 1.0


def test_made_again_everything_is_found(demo):
    """The story's approved words joined the memory when it was published: steps look again, and find."""
    before = _things_made(demo.home)
    again = silkreel(demo.home, "demo", "--no-serve", "--json", "--episodes", "1", "--to", "en,es")
    told = json.loads(again.stdout.splitlines()[-1])
    assert (told["ocr"], told["qc"]) == (demo.told["ocr"], demo.told["qc"])
    assert _things_made(demo.home) == before


def test_a_person_watches_it_in_spanish(demo, browser):  # noqa: F811 - the fixture
    if chromium() is None:
        pytest.skip("chromium is not installed (Debian: chromium)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "silkreel", "--home", str(demo.home), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        _wait_for(f"http://127.0.0.1:{port}/health/readyz", server)
        page = browser.new_page(viewport={"width": 390, "height": 844}, locale="es-MX")
        page.goto(f"http://127.0.0.1:{port}/s/before-the-lantern-dies/e/1")
        page.wait_for_function(PLAYED, timeout=30_000)
        asked = page.evaluate("performance.getEntriesByType('resource').map((r) => r.name)")
        sounds = {name: path.stem[:32] for name, path in demo.renditions().items()}
        assert any(sounds["a.es"] in address for address in asked)
        assert not any(sounds["a.zh-Hans"] in address for address in asked)
        page.close()
    finally:
        server.terminate()
        server.wait(15)


def _things_made(home):
    workshop = open_workshop(Settings(home=home))
    with workshop.reading() as tx:
        made = {(row.key, row.content_hash) for row in tx.scalars(sa.select(ArtifactRow))}
    workshop.database.close()
    return made


def _probe(path):
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(path)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    return json.loads(done.stdout)


def _loudness(path):
    """Programme loudness by FFmpeg's own meter (EBU R 128)."""
    done = subprocess.run(
        ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-filter:a", "ebur128", "-f", "null", "-"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    summary = done.stderr[done.stderr.rindex("Integrated loudness") :]
    return float(summary.split("I:")[1].split()[0])


def _wait_for(address, server):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not come up")
