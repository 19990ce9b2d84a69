"""The interface's own files: read once, compressed once, named by a hash over all of them."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

UI_FOLDER = Path(__file__).parent / "ui"
TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
COMPRESSED = frozenset({".js", ".mjs", ".css", ".json", ".svg", ".txt"})
# Bare names of the import map, and the vendored files they lead to.
IMPORTS = {
    "preact": "vendor/preact.mjs",
    "preact/hooks": "vendor/preact-hooks.mjs",
    "htm": "vendor/htm.mjs",
    "@preact/signals": "vendor/signals.mjs",
    "@preact/signals-core": "vendor/signals-core.mjs",
    "hls.js": "vendor/hls.min.mjs",
    "inkjs": "vendor/ink.mjs",
}
# Comments that stand on lines of their own; their line ends stay, so that errors name the right line.
_COMMENT = re.compile(rb"^[ \t]*(?://[^\n]*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)$", re.MULTILINE)
_IMPORT = re.compile(rb"""(?:^|[;\s}])(?:import|export)\b[^"';()]*?["']([^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, as it is and compressed."""

    content: bytes
    gzipped: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class AssetTree:
    """All files by path, and the hash that names the tree."""

    hash: str
    files: Mapping[str, Asset]

    @classmethod
    def load(cls, folder: Path = UI_FOLDER) -> "AssetTree":
        """Read every file below a folder that a browser may ask for."""
        paths = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in TYPES)
        files = {p.relative_to(folder).as_posix(): _asset(p) for p in paths}
        digest = hashlib.sha256()
        for name, asset in files.items():
            digest.update(name.encode() + b"\0" + hashlib.sha256(asset.content).digest())
        return cls(digest.hexdigest()[:16], files)

    def url(self, path: str) -> str:
        """The address of a file: it never changes what it holds."""
        return f"/assets/{self.hash}/{path}"

    def import_map(self) -> dict[str, str]:
        """Bare module names and the addresses they stand for."""
        return {name: self.url(path) for name, path in IMPORTS.items()}

    def preloads(self, *entries: str) -> list[str]:
        """Every module that these import, directly or not: fetched at once, not one by one."""
        found: dict[str, None] = {}
        waiting = list(entries)
        while waiting:
            path = waiting.pop(0)
            if path in found or path not in self.files:
                continue
            found[path] = None
            waiting += [_resolved(path, name) for name in _imports(self.files[path].content)]
        return [self.url(path) for path in found]


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    if path.suffix == ".js":  # ours: what others made is an .mjs and goes out as it is
        content = without_comments(content)
    gzipped = gzip.compress(content, 9, mtime=0) if path.suffix in COMPRESSED else None
    return Asset(content, gzipped, TYPES[path.suffix])


def without_comments(script: bytes) -> bytes:
    """A script as a phone needs it: comments on lines of their own are a tenth of what it would fetch."""
    return _COMMENT.sub(lambda found: b"\n" * found[0].count(b"\n"), script)


def _imports(content: bytes) -> list[str]:
    return [name.decode() for name in _IMPORT.findall(content)]


def _resolved(importer: str, name: str) -> str:
    if name in IMPORTS:
        return IMPORTS[name]
    parts: list[str] = []
    for part in (PurePosixPath(importer).parent / name).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
