"""Writes docs/reference from the code: commands, settings, refusals, checks, engines.

`python docs/make_reference.py` writes; with `--check` it fails where a page has drifted.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docstring_parser

import silkreel
from silkreel.story.lints.catalogue import Lint, all_lints
from silkreel.story.lints.needs import WHY_SENTENCES

FOLDER = Path(__file__).parent / "reference"
HEAD = "<!-- Made by docs/make_reference.py; change the code, not this page. -->\n"
# Modules that start work or limit the process when they are imported: none is a library.
PROGRAMS = ("silkreel.__main__", "silkreel.migrations")


def pages() -> dict[str, str]:
    """Every page by file name."""
    _import_everything()
    return {
        "commands.md": _commands(),
        "settings.md": _settings(),
        "refusals.md": _refusals(),
        "checks.md": _checks(),
        "engines.md": _engines(),
        "story-checks.md": _story_checks(),
        **{f"lints/{lint.code}.md": _lint(lint) for lint in all_lints()},
    }


def _import_everything() -> None:
    for module in pkgutil.walk_packages(silkreel.__path__, "silkreel."):
        if not module.name.startswith(PROGRAMS) and not module.name.endswith("_worker"):
            importlib.import_module(module.name)


def _commands() -> str:
    from silkreel.cli import COMMANDS, app

    rows = [
        "# Commands",
        "",
        "Exit codes: 0 done, 1 refused (the sentence says what to do), 2 usage.",
        "",
    ]
    for name, (_, words) in COMMANDS.items():
        command = app[name]
        rows += [f"## silkreel {name}", "", words, ""]
        inner = [each for each in command if not each.startswith("-")]
        rows += [f"- `silkreel {name} {each}`: {_first_line(command[each].help)}" for each in inner]
        if inner:
            rows.append("")
        else:
            rows += [*_parameters(command), ""]
    return _page(rows)


def _parameters(command: Any) -> Iterator[str]:
    described = {
        each.arg_name: each.description
        for each in docstring_parser.parse(command.default_command.__doc__ or "").params
    }
    for argument in command.assemble_argument_collection():
        names = [name for name in argument.names if not name.startswith("--empty-")]
        told = argument.parameter.help or described.get(argument.field_info.name, "")
        shown = ", ".join(f"`{name}`" for name in names)
        yield f"- {shown}: {told}".rstrip()


def _settings() -> str:
    from silkreel.kit.settings import Settings

    rows = [
        "# Settings", "",
        "Read from the environment. What differs by brand or market is data, never a setting.", "",
        "| variable | default | what it is |", "|---|---|---|",
    ]  # fmt: skip
    for name, field in Settings.model_fields.items():
        default = "the machine's cores" if field.default_factory else field.default
        shown = "" if default is None or default == () else f"`{default}`"
        if field.default_factory:
            shown = str(default)
        rows.append(f"| `SILKREEL_{name.upper()}` | {shown} | {field.description} |")
    return _page(rows)


def _refusals() -> str:
    from silkreel.kit.refusals import Refusal

    rows = [
        "# Refusals", "",
        "Every expected no has a stable code, the HTTP status that fits, and one sentence.", "",
        "| code | status | sentence |", "|---|---|---|",
    ]  # fmt: skip
    known = {
        code: kind
        for code, kind in Refusal.known.items()
        if kind.__module__.startswith("silkreel.")
    }
    for code, kind in sorted(known.items()):
        sentence = kind.message.replace("|", "\\|")
        rows.append(f"| `{code}` | {kind.status} | {sentence} |")
    return _page(rows)


def _checks() -> str:
    from silkreel.dubbing.checks import SENTENCES, check_limits

    rows = [
        "# Checks", "",
        "A verdict is PASS, WARN or FAIL with stable reason codes. First values of the thresholds, to be",
        "tuned on real scenes; they are data in `dubbing/check_limits.yaml`.", "",
        "| code | what it says |", "|---|---|",
    ]  # fmt: skip
    rows += [f"| `{code}` | {sentence} |" for code, sentence in SENTENCES.items()]
    rows += ["", "| threshold | WARN, FAIL |", "|---|---|"]
    rows += [f"| `{name}` | {value} |" for name, value in check_limits().items()]
    return _page(rows)


def _engines() -> str:
    from silkreel.engines.registry import engine_names

    skills = (
        "readers", "voice_activity", "transcribers", "aligners", "translators", "speakers",
        "separators", "voice_printers",
    )  # fmt: skip
    rows = [
        "# Engines", "",
        "Registered by entry points `silkreel.SKILL`; a package of yours adds to them.", "",
        "| skill | engines |", "|---|---|",
    ]  # fmt: skip
    rows += [f"| {skill} | {', '.join(engine_names(skill))} |" for skill in skills]
    return _page(rows)


SEVERITIES = {
    "B": "blocks publishing; it cannot be waived",
    "W": "needs a fix, or a waiver with a reason",
    "I": "informs",
}
CASES = Path(__file__).parent.parent / "tests/story/lints"


def _story_checks() -> str:
    rows = [
        "# Story checks", "",
        "What `silkreel story check` looks for. B blocks publishing, W needs a fix or a waiver with a",
        "reason, I informs. Each code has a page with an example that fires it and one that does not: both",
        "are tested.",
        "",
        "| code | severity | what it finds |", "|---|---|---|",
    ]  # fmt: skip
    rows += [
        f"| [{lint.code}](lints/{lint.code}.md) | {lint.severity} | {lint.title} |"
        for lint in all_lints()
    ]
    rows += [
        "", "## Not run", "",
        "Some checks need more than the script. Where it is not there they look at nothing, and",
        "`story check` counts them as not run and says why:", "",
        *(f"- {why}" for why in WHY_SENTENCES.values()),
    ]  # fmt: skip
    return _page(rows)


def _lint(lint: Lint) -> str:
    rows = [
        f"# {lint.code}: {lint.title}",
        "",
        f"Severity {lint.severity}: {SEVERITIES[lint.severity]}.",
        "",
    ]
    for paragraph in lint.words[1:]:
        rows += [paragraph, ""]
    for kind, title in (("bad", "Fires"), ("good", "Does not fire")):
        rows += [f"## {title}", ""]
        for name, text in _case(lint.code, kind):
            rows += [f"`{name}`", "", "```", text.rstrip(), "```", ""]
    rows += ["## To waive it", ""]
    if lint.severity == "B":
        rows += ["It blocks publishing and cannot be waived."]
    else:
        rows += [
            "On the line before, with a reason:", "", "```", f"// OK {lint.code}: the reason", "```", "",
            f"For the whole story, in story.yaml: `waivers: {{{lint.code}: the reason}}`.",
        ]  # fmt: skip
    return _page(rows)


def _case(code: str, kind: str) -> Iterator[tuple[str, str]]:
    alone, folder = CASES / f"{code}.{kind}.ink", CASES / f"{code}.{kind}"
    if alone.is_file():
        yield "main.ink", alone.read_text(encoding="utf-8")
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        text = path.read_text(encoding="utf-8")
        yield str(path.relative_to(folder)), text.replace("\a", "\N{SYMBOL FOR BELL}")


def _first_line(text: str | None) -> str:
    return (text or "").strip().splitlines()[0] if text else ""


def _page(rows: list[str]) -> str:
    return HEAD + "\n".join(rows).rstrip() + "\n"


def drifted() -> list[str]:
    """Names of pages that differ from what the code says."""
    made = pages()
    return [
        name
        for name, text in made.items()
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        names = drifted()
        print("\n".join(f"{name} has drifted; run python docs/make_reference.py" for name in names))
        sys.exit(1 if names else 0)
    FOLDER.mkdir(exist_ok=True)
    for page, text in pages().items():
        (FOLDER / page).parent.mkdir(exist_ok=True)
        (FOLDER / page).write_text(text, encoding="utf-8")
