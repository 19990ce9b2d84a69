"""inkjs, the compiler and runtime of ink: the file others published, known by its hash."""

import hashlib
from functools import cache
from pathlib import Path

from silkreel.kit.refusals import Refusal

VERSION = "2.4.0"
SHA256 = "23d707b76e9b759a25803c193da8e32e04f727dd13a54ed1df8a6a59dd909b9e"
FILE = Path(__file__).parent / "vendor" / "inkjs" / "ink-full.js"
DRIVER = Path(__file__).parent / "ink_driver.js"


class VendoredFileChanged(Refusal):
    """A file of others is not the one that was looked at."""

    status = 500
    message = (
        "{path} is not the file that was published as inkjs {version}; install Silkreel again."
    )


class EngineGaveUp(Refusal):
    """A JavaScript engine was stopped before it came to an answer."""

    status = 422
    message = "The engine for ink gave up: {why}. Look for a loop that never ends."


@cache
def inkjs_source(path: Path = FILE) -> str:
    """Inkjs and our driver, as one script that makes the names `inkjs` and `silkreel`.

    Raises:
        VendoredFileChanged: somebody edited the file.
    """
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise VendoredFileChanged(path=path.name, version=VERSION)
    return content.decode() + "\n" + DRIVER.read_text(encoding="utf-8")
