"""`python -m silkreel.locale update | check | add LANGUAGE`: the catalogues follow the code."""

import sys
from pathlib import Path

from silkreel.kit.languages import normal_tag
from silkreel.locale.catalogues import COMPLETE, FOLDER, Lack, lacks, languages, stale, write_all

USAGE = 2
MEND = "run `make words`, fill the msgstr in src/silkreel/locale/*.po, and commit them"


def update(folder: Path) -> list[Lack]:
    """Take in what the code says now; what is left to translate, in every language."""
    write_all(folder)
    return [lack for language in languages(folder) for lack in lacks(language, folder)]


def check(folder: Path) -> list[str]:
    """What is wrong with the catalogues, in sentences; what only an unfinished language lacks is not."""
    wrong = [f"{path.name} is not what the code says; {MEND}" for path in stale(folder)]
    gone = sorted(set(COMPLETE) - set(languages(folder)))
    wrong += [f"{language}.po is gone" for language in gone]
    missing = [each for tag in COMPLETE if tag not in gone for each in lacks(tag, folder)]
    return wrong + [f"{each}; {MEND}" for each in missing]


def add(folder: Path, language: str) -> Path:
    """Start a catalogue."""
    path = folder / f"{normal_tag(language)}.po"
    path.touch()
    write_all(folder)
    return path


def main(words: list[str], folder: Path = FOLDER) -> int:
    """Do what the command line says; the exit code says whether all is well."""
    match words:
        case ["update"]:
            print(*update(folder), sep="\n", end="\n")  # noqa: T201
            return 0
        case ["check"]:
            wrong = check(folder)
            print(*(wrong or ["every sentence is in every finished catalogue"]), sep="\n")  # noqa: T201
            return 1 if wrong else 0
        case ["add", language]:
            print(add(folder, language))  # noqa: T201
            return 0
        case _:
            print(__doc__, file=sys.stderr)  # noqa: T201
            return USAGE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
