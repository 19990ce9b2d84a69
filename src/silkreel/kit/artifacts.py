"""What was made from what: a key over all inputs leads to the file that came out."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from silkreel.kit.clock import now
from silkreel.kit.database import Base, Database, Session, UtcTime, insert_once
from silkreel.kit.keys import canonical_json
from silkreel.kit.storage import Store


class ArtifactRow(Base):
    """One finished piece of work."""

    __tablename__ = "artifacts"

    key: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    step: Mapped[str] = mapped_column(sa.String(64))
    content_hash: Mapped[str] = mapped_column(sa.String(64), index=True)
    suffix: Mapped[str] = mapped_column(sa.String(16))
    size_bytes: Mapped[int] = mapped_column(sa.BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(UtcTime)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A finished file: its key, its content's hash, and facts its maker wrote beside it."""

    key: str
    content_hash: str
    suffix: str
    facts: dict[str, Any]
    path: Path


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file in the store."""

    content_hash: str
    suffix: str
    size_bytes: int
    path: Path


@dataclass(frozen=True, slots=True)
class ArtifactSet:
    """Several finished files under one key, with facts their maker wrote beside them."""

    key: str
    files: dict[str, StoredFile]
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Workshop:
    """Database and store together: where work is looked up, made once and kept."""

    database: Database
    store: Store

    def find(self, key: str) -> Artifact | None:
        """The artifact under `key`, if it was made and its file is still there."""
        with self.database.reading() as tx:
            row = tx.get(ArtifactRow, key)
        if row is None or not self.store.holds(row.content_hash, row.suffix):
            return None
        return _artifact(row, self.store)

    def make(
        self, key: str, step: str, maker: Callable[[Path], tuple[Path, dict[str, Any]]]
    ) -> Artifact:
        """Return what is known under `key`, or make it.

        `maker` gets a private folder and returns the finished file and facts about it. Run twice
        at once, both get the same winner: the row that was there first.
        """
        known = self.find(key)
        if known is not None:
            return known
        with self.store.workspace() as folder:
            made, facts = maker(folder)
            suffix, size_bytes = made.suffix, made.stat().st_size
            content_hash = self.store.take(made)
        with self.database.transaction() as tx:
            return keep_artifact(
                tx, self.store, key=key, step=step, content_hash=content_hash, suffix=suffix,
                size_bytes=size_bytes, facts=facts,
            )  # fmt: skip

    def make_set(
        self, key: str, step: str, maker: Callable[[Path], tuple[dict[str, Path], dict[str, Any]]]
    ) -> ArtifactSet:
        """Like `make`, for work that yields several files: `maker` returns them by name.

        The artifact under `key` is a list of the files; it counts as found only while every file
        is there.
        """
        known = self.find_set(key)
        if known is not None:
            return known

        def make_list(folder: Path) -> tuple[Path, dict[str, Any]]:
            made, facts = maker(folder)
            files = {}
            for name, path in sorted(made.items()):
                size_bytes, suffix = path.stat().st_size, path.suffix
                content_hash = self.store.take(path)
                files[name] = {"hash": content_hash, "suffix": suffix, "size_bytes": size_bytes}
            listing = folder / "files.json"
            listing.write_text(canonical_json({"files": files, "facts": facts}), encoding="utf-8")
            return listing, {"files": files, "facts": facts}

        self.forget(key)
        return self._set(self.make(key, step, make_list))

    def forget(self, key: str) -> None:
        """Drop what is known under `key`; the files stay in the store."""
        with self.database.transaction() as tx:
            tx.execute(sa.delete(ArtifactRow).where(ArtifactRow.key == key))

    def find_set(self, key: str) -> ArtifactSet | None:
        """The set under `key`, if it was made and every file of it is still there."""
        known = self.find(key)
        if known is None:
            return None
        found = self._set(known)
        return found if all(each.path.is_file() for each in found.files.values()) else None

    def _set(self, artifact: Artifact) -> ArtifactSet:
        files = {
            name: StoredFile(
                entry["hash"],
                entry["suffix"],
                entry["size_bytes"],
                self.store.path(entry["hash"], entry["suffix"]),
            )
            for name, entry in artifact.facts["files"].items()
        }
        return ArtifactSet(artifact.key, files, artifact.facts["facts"])

    def transaction(self) -> AbstractContextManager[Session]:
        """Shorthand for the database's."""
        return self.database.transaction()

    def reading(self) -> AbstractContextManager[Session]:
        """Shorthand for the database's."""
        return self.database.reading()


def keep_artifact(
    tx: Session,
    store: Store,
    *,
    key: str,
    step: str,
    content_hash: str,
    suffix: str,
    size_bytes: int,
    facts: dict[str, Any],
) -> Artifact:
    """Write the row unless the key is known (with its file), and read the winner back."""
    row = tx.get(ArtifactRow, key)
    if row is not None and not store.holds(row.content_hash, row.suffix):
        tx.delete(row)  # its file was lost: what was made now takes its place
        tx.flush()
    insert_once(
        tx,
        ArtifactRow,
        {
            "key": key, "step": step, "content_hash": content_hash, "suffix": suffix,
            "size_bytes": size_bytes, "facts": facts, "made_at": now(),
        },
    )  # fmt: skip
    winner = tx.get_one(ArtifactRow, key)
    return _artifact(winner, store)


def steps_of(tx: Session, content_hash: str) -> frozenset[str]:
    """The steps that made a file with this content."""
    query = sa.select(ArtifactRow.step).where(ArtifactRow.content_hash == content_hash)
    return frozenset(tx.scalars(query))


def _artifact(row: ArtifactRow, store: Store) -> Artifact:
    path = store.path(row.content_hash, row.suffix)
    return Artifact(row.key, row.content_hash, row.suffix, row.facts, path)
