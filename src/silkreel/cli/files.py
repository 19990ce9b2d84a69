"""Files a person names: read and written with a sentence where that cannot be."""

from pathlib import Path

from silkreel.kit.refusals import Refusal


class CannotRead(Refusal):
    """A file that was named cannot be read."""

    status = 404
    message = "{path} cannot be read ({why}); name a file that is there."


class CannotWrite(Refusal):
    """A file that was named cannot be written."""

    message = "{path} cannot be written ({why}); name a file in a folder that is there."


def read_named(path: Path) -> bytes:
    """The file's bytes.

    Raises:
        CannotRead: it is not there, is a folder, or nobody may read it.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise CannotRead(path=str(path), why=problem.strerror) from None


def write_named(path: Path, content: bytes, *, make_folder: bool = False) -> None:
    """Put bytes into a file, in a folder that is there or, where that is asked, is made.

    Raises:
        CannotWrite: its folder is not there, or nobody may write it.
    """
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as problem:
        raise CannotWrite(path=str(path), why=problem.strerror) from None
