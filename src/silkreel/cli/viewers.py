"""`silkreel viewers`: help with an account."""

from typing import Annotated, Literal

from cyclopts import App, Parameter

from silkreel.cli.opening import opened, operator
from silkreel.flows.help_viewers import correct_age
from silkreel.kit.words import words
from silkreel.people.brands import HOUSE

app = App(name="viewers", help="Viewers' accounts: correct an age group.")


@app.command
def age(
    viewer: str,
    group: Literal["child", "teen", "adult"],
    /,
    *,
    reason: Annotated[str, Parameter(help="why; it is kept in the log")],
    brand: Annotated[str, Parameter(help="a brand's id")] = HOUSE,
) -> None:
    """Correct the age group of an account whose age was stated wrongly; up or down.

    Args:
        viewer: the viewer's id
        group: child, teen or adult, by the rules of their market
        reason: why, and what proved it
        brand: a brand's id
    """
    with opened() as house, house.workshop.transaction() as tx:
        found = correct_age(tx, viewer, group, operator(brand), reason)
    print(words("The age group of {viewer} is {group} from now on.", viewer=found, group=group))
