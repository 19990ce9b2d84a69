"""Every command; thin. State lives in one home folder (`--home` or SILKREEL_HOME).

Exit codes: 0 done, 1 refused (the sentence says what to do), 2 usage, 130 stopped by Ctrl-C,
141 nobody reads what is printed (as every program in a pipe).
"""

import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, CycloptsError, Parameter

from silkreel import __version__

# Before numpy is loaded. Steps run beside each other, a core each: threads of OpenBLAS's own only
# spin between the small products there are here (0.3 CPU seconds per minute of sound that is mixed).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

DONE, REFUSED, USAGE, STOPPED, UNHEARD = 0, 1, 2, 130, 141

app = App(
    name="silkreel",
    help="Takes a micro-drama from one story to every market.",
    version=__version__,
    help_format="markdown",
    suppress_keyboard_interrupt=False,  # `run` says what to do next
)
app.meta.suppress_keyboard_interrupt = False
# Where each command lives and what it does: modules are loaded only when their command is run.
COMMANDS = {
    "demo": (
        "demo:demo",
        "Make a sample drama, dub it into three languages, release and serve it.",
    ),
    "import": ("importing:import_folder", "Take a folder of episodes into the catalogue."),
    "localise": ("localising:localise", "Dub and subtitle a series into other languages."),
    "release": ("releasing:release", "Open a series to viewers of a market."),
    "serve": ("serving:serve", "Serve the viewers' app and the public API."),
    "worker": ("working:worker", "Take steps of ordered work until stopped."),
    "story": ("story:app", "One text, three media: begin, check, stamp, import, export."),
    "series": ("listing:series", "List the series, their episodes and languages."),
    "qc": ("checking:qc", "Show what the checks found."),
    "lines": ("lines:app", "Lines that wait for words: export, import, approve."),
    "cast": ("cast:app", "Who speaks: list, name, give lines, choose voices."),
    "export": ("exporting:export", "Take lines, subtitles, sound or checks out as a file."),
    "staff": ("staff:app", "Who works here: add, list, roles, reset, disable, enable."),
    "audit": ("audit:app", "What was done by whom, and whether the log is as it was written."),
    "prices": ("prices:app", "What a market costs: start, check, publish, show, export."),
    "orders": ("orders:app", "Purchases: list, show, and ask about those that are open."),
    "viewers": ("viewers:app", "Viewers' accounts: correct an age group."),
    "report": ("reports:app", "Figures an authority asks for: japan."),
    "letters": ("letters:app", "Letters to viewers: list, send what waits, retry."),
    "refund": ("refunding:refund", "Give an order's money back, and take its coins with it."),
    "reconcile": (
        "reconciling:reconcile",
        "Compare a provider's books with ours and with the ledger.",
    ),
    "settle": ("settling:settle", "Close a month and draft what each payee gets for it."),
    "statements": (
        "statements:app",
        "Statements of payees: list, show, issue, pay.",
    ),
    "ads": ("ads:app", "Ads: films of your own, networks' final reports, estimates."),
    "experiments": ("experiments:app", "What is tried on viewers: list, report."),
    "ledger": ("ledger:app", "Coins: seal the books, verify them, see a viewer's balance."),
    "models": ("models:app", "List, fetch and verify the model weights."),
    "doctor": ("doctor:doctor", "Say what is missing, what it costs, and what mends it."),
}
for _name, (_place, _help) in COMMANDS.items():
    app.command(f"silkreel.cli.{_place}", name=_name, help=_help)


@app.meta.default
def _launch(
    *tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)],
    home: Annotated[Path | None, Parameter(help="the folder that holds all state")] = None,
) -> int | None:
    if home is not None:
        os.environ["SILKREEL_HOME"] = str(home)
    result: int | None = app(
        tokens, exit_on_error=False, print_error=True, result_action="return_value"
    )
    return result


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run one command and return its exit code; a refusal is one sentence on standard error."""
    from silkreel.kit.refusals import Refusal
    from silkreel.kit.settings import BadSetting

    try:
        code = app.meta(words, exit_on_error=False, print_error=True, result_action="return_value")
        sys.stdout.flush()
    except CycloptsError:
        return USAGE
    except BrokenPipeError:  # whoever read our words has gone, as `head` does: no fault
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNHEARD
    except BadSetting as refusal:
        print(f"silkreel: {refusal}", file=sys.stderr)
        return USAGE
    except Refusal as refusal:
        print(f"silkreel: {refusal}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("\nsilkreel: stopped; run the same command again to go on.", file=sys.stderr)
        return STOPPED
    return code if isinstance(code, int) else DONE
