"""How one journey is run, whichever engine runs it."""

import logging

from silkreel.jobs.journeys import Arguments, Run, find_journey
from silkreel.jobs.stage_run import Outcome, StageBroke, as_json, last_words, refused
from silkreel.kit.refusals import Refusal

log = logging.getLogger(__name__)


def journey_outcome(journey: str, run: Run, arguments: Arguments, name: str) -> Outcome:
    """Run a journey; its refusals, and errors nobody foresaw, become its outcome."""
    try:
        return {"answer": as_json(find_journey(journey)(run, arguments))}
    except Refusal as refusal:
        return refused(refusal)
    except Exception as error:
        log.exception("broke: %s %s", name, journey)
        return refused(StageBroke(label=journey, error=last_words(error)))
