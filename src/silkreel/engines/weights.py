"""Model weights: where they come from, and the promise that they are the ones we pinned.

`models.toml` names every weight with the sha256 of each part and of the whole. Weights lie in
packages as plain data (their code is never imported); parts are joined into the model folder and
checked before they are loaded: by hash once and on `models verify`, by size and time afterwards.
"""

import hashlib
import json
import os
import platform
import shutil
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from threading import get_ident
from typing import Any, Literal

from silkreel.engines.contracts import EngineMissing
from silkreel.kit.keys import READ_BYTES, canonical_json, file_hash
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings
from silkreel.kit.words import words

MANIFEST = Path(__file__).with_name("models.toml")
REPACK = "not origin"  # what the origin of such a model says of its hash
FETCH_SENTENCES = ("Run `silkreel models fetch`.",)
(FETCH,) = FETCH_SENTENCES


class UnknownModel(Refusal):
    """No such model in the manifest."""

    status = 404
    message = "There is no model named {name}; see `silkreel models list`."


class ModelDamaged(Refusal):
    """A weight is not the one that was pinned."""

    status = 503
    message = (
        "The model file {file} is not the one that was pinned: its sha256 is {found} and should be"
        " {expected}. Run `silkreel models fetch` to replace it."
    )


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned package: wheels by sha256, an npm package by its integrity."""

    name: str
    version: str
    hashes: tuple[str, ...]
    kind: Literal["wheel", "npm"] = "wheel"


@dataclass(frozen=True, slots=True)
class Part:
    """A file, or a piece of one, in an installed package."""

    package: Package
    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A weight as it is loaded: joined of parts, a member of an npm package, or made of another."""

    name: str
    sha256: str
    size_bytes: int
    parts: tuple[Part, ...] = ()
    member: str | None = None
    hub: str | None = None  # repository/resolve/revision/path below the configured hub
    made_of: str | None = None  # another file of the model ...
    recipe: str | None = None  # ... and the function (module:name) that makes this one of it
    machine: str | None = None  # native code: the processor it is for


@dataclass(frozen=True, slots=True)
class Model:
    """One set of weights."""

    name: str
    stage: str
    licence: str
    origin: str
    packages: tuple[Package, ...]
    files: tuple[ModelFile, ...]

    @property
    def size_bytes(self) -> int:
        """What it takes on disk."""
        return sum(file.size_bytes for file in self.files)

    @property
    def is_repack(self) -> bool:
        """Whether somebody other than the makers put the weights into packages."""
        return REPACK in self.origin

    def file(self, name: str | None) -> ModelFile:
        """The file of that name, by default the first: the weights themselves."""
        for file in self.files:
            if name in (None, file.name):
                return file
        raise UnknownModel(name=f"{self.name}/{name}")


@cache
def models() -> tuple[Model, ...]:
    """Every model of the manifest."""
    content = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))
    return tuple(_model(entry) for entry in content["model"])


def model(name: str) -> Model:
    """The model of that name."""
    for known in models():
        if known.name == name:
            return known
    raise UnknownModel(name=name)


def model_file(name: str, settings: Settings, file: str | None = None) -> Path:
    """A weight ready to load; joined out of installed packages the first time.

    Raises:
        EngineMissing: neither the file nor its packages are here.
        ModelDamaged: what is here is not what was pinned.
    """
    wanted = model(name)
    target = wanted.file(file)
    path = place(wanted, target, settings)
    if path.is_file():
        check_file(path, target.sha256)
    elif target.made_of:
        make_of_another(wanted, target, settings)
    else:
        join_parts(target, path, engine=name)
    return path


def model_folder(name: str, settings: Settings) -> Path:
    """The folder that holds all files of a model, each ready to load."""
    for file in model(name).files:
        model_file(name, settings, file.name)
    return settings.model_folder / name


def check_file(path: Path, sha256: str) -> None:
    """Refuse a file that is not the pinned one; quick when size and time are as last checked."""
    if not looks_right(path, sha256):
        if (found := file_hash(path)) != sha256:
            raise ModelDamaged(file=str(path), found=found, expected=sha256)
        _remember(path, sha256)


def join_parts(file: ModelFile, path: Path, *, engine: str, root: Path | None = None) -> None:
    """Write a file out of its parts, checking each and the whole; the name appears at the end."""
    if not file.parts:
        raise EngineMissing(
            engine=engine,
            why=words("its file {file} is not here", file=file.name),
            mend=words(FETCH),
        )
    sources = [_source(part, engine, root) for part in file.parts]
    with _written(path, file.sha256) as made, made.open("wb") as stream:
        for part, source in zip(file.parts, sources, strict=True):
            _copy_checked(part, source, stream)
        os.fsync(stream.fileno())


def make_of_another(wanted: Model, file: ModelFile, settings: Settings) -> None:
    """Make a file by its recipe; the result must be the pinned one to the byte."""
    assert file.recipe is not None
    source = model_file(wanted.name, settings, file.made_of)
    module, name = file.recipe.split(":")
    with _written(place(wanted, file, settings), file.sha256) as made:
        getattr(import_module(module), name)(source, made)


@contextmanager
def _written(path: Path, sha256: str) -> Iterator[Path]:
    """A private name to write under; the file gets its own once it is the pinned one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{os.getpid()}-{get_ident()}")
    try:
        yield made
        keep_checked(made, path, sha256)
    finally:
        made.unlink(missing_ok=True)


def keep_checked(made: Path, path: Path, sha256: str) -> None:
    """Give a finished file its name if it is the pinned one."""
    if (found := file_hash(made)) != sha256:
        raise ModelDamaged(file=path.name, found=found, expected=sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.replace(path)
    _remember(path, sha256)


def directory_sha256(folder: Path, settings: Settings) -> str:
    """Hash of the operator's own model folder: taken at first use, again when a file changed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    facts = {
        str(path.relative_to(folder)): [path.stat().st_size, path.stat().st_mtime_ns]
        for path in files
    }
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    record = settings.model_folder / "directories" / f"{name}.json"
    known = json.loads(record.read_text()) if record.is_file() else {}
    if known.get("facts") == facts:
        return str(known["sha256"])
    hashes = {str(path.relative_to(folder)): file_hash(path) for path in files}
    total = hashlib.sha256(canonical_json(hashes).encode()).hexdigest()
    kept = {"folder": str(folder), "sha256": total, "files": hashes, "facts": facts}
    _write_json(record, kept)
    return total


def hash_stream(path: Path, digest: Any) -> bytes:
    """A file's hash by any algorithm of hashlib."""
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            digest.update(block)
    return bytes(digest.digest())


def installed_part(part: Part, root: Path | None = None) -> Path | None:
    """Where an installed package (or a folder packages were unpacked into) holds a part."""
    if root is not None:
        path = root / part.path
        return path if path.is_file() else None
    try:
        package = distribution(part.package.name)
    except PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(part.path)))
    return path if package.version == part.package.version and path.is_file() else None


def parts_at_hand(wanted: Model, file: ModelFile) -> bool:
    """Whether installed packages hold every part of a file, or of the one it is made of."""
    if file.made_of:
        return parts_at_hand(wanted, wanted.file(file.made_of))
    return bool(file.parts) and all(installed_part(part) is not None for part in file.parts)


def place(wanted: Model, file: ModelFile, settings: Settings) -> Path:
    """Where a file of a model lies once it is ready."""
    return settings.model_folder / wanted.name / file.name


def _source(part: Part, engine: str, root: Path | None) -> Path:
    path = installed_part(part, root)
    if path is None:
        why = words(
            "the package {package} is not installed",
            package=f"{part.package.name} {part.package.version}",
        )
        raise EngineMissing(engine=engine, why=why, mend=words(FETCH))
    return path


def _copy_checked(part: Part, source: Path, stream: Any) -> None:
    digest = hashlib.sha256()
    with source.open("rb") as opened:
        while block := opened.read(READ_BYTES):
            digest.update(block)
            stream.write(block)
    if digest.hexdigest() != part.sha256:
        raise ModelDamaged(file=part.path, found=digest.hexdigest(), expected=part.sha256)


def _note(path: Path) -> Path:
    return path.with_name(f".{path.name}.checked")


def _facts(path: Path, sha256: str) -> dict[str, object]:
    stat = path.stat()
    return {"sha256": sha256, "size_bytes": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def looks_right(path: Path, sha256: str) -> bool:
    """Whether a file has size and time of when it was last checked against this hash."""
    try:
        return bool(json.loads(_note(path).read_text()) == _facts(path, sha256))
    except (FileNotFoundError, json.JSONDecodeError):
        return False


def _remember(path: Path, sha256: str) -> None:
    _write_json(_note(path), _facts(path, sha256))


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    written = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}")
    written.write_text(json.dumps(value))
    written.replace(path)


def _model(entry: dict[str, Any]) -> Model:
    packages = {
        p["name"]: Package(p["name"], p["version"], tuple(p["hashes"]), p.get("kind", "wheel"))
        for p in entry["package"]
    }
    here = (None, platform.machine())
    files = (_file(file, packages) for file in entry["file"] if file.get("machine") in here)
    return Model(
        name=entry["name"],
        stage=entry["stage"],
        licence=entry["licence"],
        origin=entry["origin"],
        packages=tuple(packages.values()),
        files=tuple(files),
    )


def _file(entry: dict[str, Any], packages: dict[str, Package]) -> ModelFile:
    parts = tuple(
        Part(packages[p["package"]], p["path"], p["sha256"], p["size_bytes"])
        for p in entry.get("part", ())
    )
    optional = {name: entry.get(name) for name in ("member", "hub", "made_of", "recipe", "machine")}
    return ModelFile(entry["name"], entry["sha256"], entry["size_bytes"], parts, **optional)


def copy_members(members: Iterable[tuple[Path, ModelFile]], folder: Path) -> None:
    """Copy files that were unpacked elsewhere into a model's folder, each checked."""
    for source, file in members:
        with _written(folder / file.name, file.sha256) as made:
            shutil.copyfile(source, made)
