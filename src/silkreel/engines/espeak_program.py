"""The program espeak-ng: text on standard input, phonemes or WAV on standard output.

GPL-3, so it is called as a program and never loaded: argument lists, no shell, a time limit.
"""

import shutil
import subprocess
from functools import cache

from silkreel.engines.contracts import EngineMissing
from silkreel.kit.refusals import Refusal
from silkreel.kit.words import words

PROGRAM = "espeak-ng"
LIMIT_SECONDS = 30.0
INSTALL_SENTENCES = ("Run `apt-get install espeak-ng`.",)
(INSTALL,) = INSTALL_SENTENCES


class EspeakFailed(Refusal):
    """The program gave up."""

    status = 422
    message = "espeak-ng could not speak this text: {words}"


def run_espeak(arguments: list[str], text: str = "") -> bytes:
    """What the program prints.

    Raises:
        EngineMissing: the program is not installed.
        EspeakFailed: it ended with an error or not in time.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise missing("espeak-ng")
    try:
        done = subprocess.run(
            [program, *arguments],
            input=text.replace("\0", " ").encode(),
            capture_output=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise EspeakFailed(words=f"it took more than {LIMIT_SECONDS:.0f} seconds") from None
    if done.returncode:
        raise EspeakFailed(words=done.stderr.decode(errors="replace").strip()[-200:])
    return done.stdout


def missing(engine: str) -> EngineMissing:
    """The refusal that names the command to install the program."""
    return EngineMissing(
        engine=engine, why=words("the program espeak-ng is not installed"), mend=words(INSTALL)
    )


@cache
def espeak_version() -> str:
    """Version of the installed program."""
    words = run_espeak(["--version"]).decode(errors="replace").split()
    return next((word for word in words if word[:1].isdigit()), "unknown")


@cache
def espeak_languages() -> tuple[str, ...]:
    """Names of the languages the installed program knows, as it spells them."""
    lines = run_espeak(["--voices"]).decode(errors="replace").splitlines()[1:]
    return tuple(dict.fromkeys(fields[1] for line in lines if len(fields := line.split()) > 1))
