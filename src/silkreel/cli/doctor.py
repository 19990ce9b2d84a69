"""`silkreel doctor`: what is missing, what that costs, and the command that mends it."""

from rich.text import Text

from silkreel.cli import DONE, REFUSED, show
from silkreel.flows.examine_installation import examine_installation
from silkreel.kit.settings import read_settings
from silkreel.kit.words import SOURCE_LANGUAGE, language_in_force, speaking, words

HEALTH_SENTENCES = ("good", "missing", "optional")
STYLES = {"good": "green", "missing": "red", "optional": "dim"}


def doctor(*, json: bool = False) -> int:
    """Examine the installation; the exit code is 1 when something needed is missing.

    Args:
        json: print machine-readable results
    """
    with speaking(SOURCE_LANGUAGE if json else language_in_force()):  # scripts read one language
        findings = examine_installation(read_settings())
    if json:
        show.print_json([finding.to_json() for finding in findings])
    else:
        rows = [
            (f.what, Text(words(f.health), style=STYLES[f.health]), f.state, f.cost, f.mend)
            for f in findings
        ]
        show.print_table(
            words("Installation"),
            (words("what"), "", words("state"), words("what that costs"), words("what mends it")),
            rows,
        )
    return REFUSED if any(finding.health == "missing" for finding in findings) else DONE
