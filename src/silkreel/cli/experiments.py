"""`silkreel experiments`: what is tried on viewers, who saw it, and whether it may be read."""

from cyclopts import App

from silkreel.cli import show
from silkreel.cli.opening import opened
from silkreel.kit.words import Counted, words

UNEVEN = 1
SEEN = Counted("{arm}: {count} viewers", one="{arm}: {count} viewer")

app = App(name="experiments", help="What is tried on viewers: list, report.")


@app.command(name="list")
def list_() -> None:
    """Name the experiments of experiments.json in the home folder, what they split, and their arms."""
    from silkreel.flows.read_experiments import list_experiments

    with opened() as house:
        found = list_experiments(house.settings)
    if not found:
        print(words("Nothing is tried here: there is no experiment in experiments.json."))
    for each in found:
        arms = ", ".join(f"{arm.name} {arm.weight / each.weight:.0%}" for arm in each.arms)
        print(f"{each.name} · {each.version} · {each.splits} · {arms}")


@app.command
def report(*, json: bool = False) -> int:
    """Say how many viewers saw each arm, and whether the arms fell as they were weighed.

    Exit code 1 where they did not: such a result is not read.

    Args:
        json: print machine-readable results
    """
    from silkreel.flows.read_experiments import report_experiments

    with opened() as house:
        found = report_experiments(house.settings, house.workshop)
    if json:
        show.print_json([each.to_json() for each in found])
    elif not found:
        print(words("Nothing is tried here: there is no experiment in experiments.json."))
    else:
        for each in found:
            seen = ", ".join(words(SEEN, arm=arm, count=count) for arm, count in each.seen.items())
            print(f"{each.experiment.name} · {each.experiment.version} · {seen}")
            print(each.uneven or words("The arms fell as weighed (p = {p}).", p=f"{each.p:.3f}"))
    return UNEVEN if any(each.uneven for each in found) else 0
