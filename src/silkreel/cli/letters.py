"""`silkreel letters`: what viewers are sent, what could not be, and sending it again."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from silkreel.cli import show
from silkreel.cli.opening import opened, operator
from silkreel.flows.send_letters import send_letters, write_reminders
from silkreel.kit.clock import now
from silkreel.kit.words import words
from silkreel.people.brands import HOUSE
from silkreel.people.letters import can_send
from silkreel.people.post import Posted, begin_again, counts, posted

app = App(name="letters", help="Letters to viewers: list, send what waits, retry.")


@app.command(name="list")
def list_all(
    *,
    state: Annotated[
        Literal["waiting", "sent", "dead", "moot"] | None, Parameter(help="only letters of a state")
    ] = None,
    limit: Annotated[int, Parameter(help="how many, the newest first")] = 50,
    brand: Annotated[str, Parameter(help="a brand's id")] = HOUSE,
    json: bool = False,
) -> None:
    """List letters, newest first: neither their words nor an address.

    Args:
        state: only letters that wait, were sent, are dead (given up) or moot (no longer so)
        limit: how many
        brand: a brand's id
        json: print machine-readable results
    """
    with opened() as house, house.workshop.database.reading() as tx:
        found = posted(tx, brand, state=state or "", limit=limit)
        count = counts(tx, brand)
    if json:
        show.print_json({"counts": count, "letters": [letter_json(each) for each in found]})
        return
    columns = (
        words("letter"), words("about"), words("state"), words("tries"), words("viewer"),
        words("made (UTC)"), words("problem"),
    )  # fmt: skip
    rows = [
        (str(each.id), each.kind, each.state, str(each.tries), each.viewer_id,
         f"{each.made_at:%Y-%m-%d %H:%M}", each.problem)
        for each in found
    ]  # fmt: skip
    show.print_table(words("Letters"), columns, rows)
    print(words("{waiting} wait, {sent} sent, {dead} given up, {moot} no longer so.", **count))
    if not can_send(house.settings):
        print(words("No mail server is set up, so nothing leaves: set SILKREEL_SMTP_HOST and "
                    "SILKREEL_MAIL_FROM."))  # fmt: skip


@app.command
def send(*, json: bool = False) -> None:
    """Write the reminders that are due and send what waits, once; serve and worker do it by themselves.

    Args:
        json: print machine-readable results
    """
    with opened() as house:
        write_reminders(house.workshop.database, now())
        done = send_letters(house.settings, house.workshop.database, now)
    told = {"sent": done.sent, "later": done.later, "given_up": done.given_up, "moot": done.moot}
    if json:
        show.print_json(told)
        return
    print(
        words(
            "{sent} sent, {later} to try again, {given_up} given up, {moot} no longer so.", **told
        )
    )


@app.command
def retry(letter: int, /, *, brand: Annotated[str, Parameter(help="a brand's id")] = HOUSE) -> None:
    """Send a letter again that was given up; it is in the log.

    Args:
        letter: its number
        brand: a brand's id
    """
    with opened() as house, house.workshop.transaction() as tx:
        begin_again(tx, letter, operator(brand))
    print(words("Letter {letter} waits to be sent again.", letter=letter))


def letter_json(letter: Posted) -> dict[str, object]:
    """A letter for machines."""
    return {
        "id": letter.id, "viewer": letter.viewer_id, "kind": letter.kind, "state": letter.state,
        "tries": letter.tries, "problem": letter.problem, "made_at": letter.made_at.isoformat(),
        "try_at": letter.try_at.isoformat() if letter.try_at else None,
        "ended_at": letter.ended_at.isoformat() if letter.ended_at else None,
    }  # fmt: skip
