"""What a durable step costs: against the plain call, and on our connections against DBOS's own.

Prints the median of the pairs and their spread. Each pair runs both arms one after the other in
processes of their own, so that a noisy machine disturbs both.

    python benchmarks/durable_steps.py [--pairs 5] [--steps 200] [--idle-seconds 20]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

GOAL_WAL_RATIO = 1.5  # data-and-scale.md, section 9
GOAL_IDLE_CPU_SECONDS = 1.5  # a minute, for each process that waits


def plain(_folder: Path, steps: int) -> float:
    """Seconds for the toy function, called plainly."""
    from silkreel.jobs.journeys import STAGES

    _toys()
    function = STAGES["bench.nothing"].function
    started = time.perf_counter()
    for number in range(steps):
        json.loads(json.dumps(function(None, {"number": number})))
    return time.perf_counter() - started


def durable(folder: Path, steps: int) -> float:
    """Seconds for the same function as a remembered stage of one journey, one after the other."""
    from silkreel.jobs.dbos_engine import DbosEngine
    from silkreel.jobs.journeys import JobOrder
    from silkreel.kit.opening import open_workshop
    from silkreel.kit.settings import Settings

    _toys()
    settings = Settings(home=folder, database_url=None)
    with DbosEngine(settings, open_workshop(settings), version="bench") as engine:
        engine.wait(engine.submit(JobOrder("bench.steps", {"steps": 10})))
        started = time.perf_counter()
        status = engine.wait(engine.submit(JobOrder("bench.steps", {"steps": steps})))
        spent = time.perf_counter() - started
    assert status.state == "done", status
    return spent


def idle(folder: Path, seconds: int) -> float:
    """CPU seconds a minute of a process whose engine has nothing to do."""
    from silkreel.jobs.dbos_engine import DbosEngine
    from silkreel.kit.opening import open_workshop
    from silkreel.kit.settings import Settings

    settings = Settings(home=folder, database_url=None)
    with DbosEngine(settings, open_workshop(settings), version="bench"):
        time.sleep(2)
        before = time.process_time()
        time.sleep(seconds)
        return (time.process_time() - before) * 60 / seconds


def shipped(folder: Path, steps: int) -> float:
    """Seconds for steps of a DBOS workflow on the connections it makes itself."""
    return _bare_dbos(f"sqlite:///{folder / 'shipped.db'}", None, steps)


def ours(folder: Path, steps: int) -> float:
    """Seconds for the same on the connections we give it."""
    from silkreel.jobs.board import jobs_engine
    from silkreel.kit.settings import Settings

    settings = Settings(home=folder, database_url=None)
    return _bare_dbos(settings.jobs_database, jobs_engine(settings), steps)


ARMS = {arm.__name__: arm for arm in (plain, durable, shipped, ours, idle)}


def _bare_dbos(url: str, engine: object, steps: int) -> float:
    from dbos import DBOS

    config = {"name": "bench", "system_database_url": url, "log_level": "ERROR"}
    if engine is not None:
        config["system_database_engine"] = engine
    DBOS(config=config)

    @DBOS.workflow()
    def flow(count: int) -> int:
        return sum(DBOS.run_step({"name": "one"}, lambda: 1) for _ in range(count))

    DBOS.launch()
    flow(10)
    started = time.perf_counter()
    flow(steps)
    spent = time.perf_counter() - started
    DBOS.destroy()
    return spent


def _toys() -> None:
    from silkreel.jobs.journeys import StageCall, journey, stage

    @stage("bench.nothing")
    def nothing(_desk, arguments):
        return {"number": arguments["number"]}

    @journey("bench.steps")
    def steps(run, arguments):
        for number in range(arguments["steps"]):
            run.stage(StageCall("bench.nothing", f"n{number}", {"number": number}))
        return {}


def measured(arm: str, amount: int) -> float:
    """Run one arm in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run(
            [sys.executable, __file__, "--arm", arm, "--folder", folder, "--amount", str(amount)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    return float(told.stdout.split()[-1])


def spread(values: list[float]) -> str:
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f}, n={len(values)})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--idle-seconds", type=int, default=20)
    parser.add_argument("--arm", choices=ARMS)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--amount", type=int)
    options = parser.parse_args()
    if options.arm:
        print(ARMS[options.arm](options.folder, options.amount))
        return
    steps = options.steps
    costs, ratios = [], []
    for _ in range(options.pairs):
        costs.append((measured("durable", steps) - measured("plain", steps)) / steps * 1000)
        ratios.append(measured("shipped", steps) / measured("ours", steps))
    idle_cpu = measured("idle", options.idle_seconds)
    print(f"a durable stage costs {spread(costs)} ms more than the plain call")
    print(f"a 1 second stage pays {median(costs) / 10:.1f} % for being remembered")
    print(f"DBOS as shipped / on our connections: {spread(ratios)} x, goal {GOAL_WAL_RATIO}")
    print(f"waiting: {idle_cpu:.2f} CPU seconds a minute, goal {GOAL_IDLE_CPU_SECONDS}")
    sys.exit(0 if median(ratios) >= GOAL_WAL_RATIO and idle_cpu <= GOAL_IDLE_CPU_SECONDS else 1)


if __name__ == "__main__":
    main()
