"""Toy stages and journeys, and a worker for them that dies where it is told.

Each stage writes `begin` and `end` lines to the home's `ran.log`, so that a test sees
what ran, and makes one artifact by its key.
"""

import os
import signal
import threading
import time
from dataclasses import dataclass, field, replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from silkreel.jobs.journeys import JobOrder, JourneyCall, StageCall, StageFailed, journey, stage
from silkreel.jobs.keeper import Tempo
from silkreel.jobs.slots import SlotPlan
from silkreel.kit.children import Cancelled, Child, Limits
from silkreel.kit.effort import spend
from silkreel.kit.keys import work_key
from silkreel.kit.refusals import Refusal
from silkreel.kit.settings import Settings

QUICK = Tempo(
    look_seconds=0.05, poll_seconds=0.05, beat_seconds=0.2, dead_seconds=30.0, compare_seconds=0.5
)
PLAN = SlotPlan(cpu=2, speech=1)


class NoToys(Refusal):
    """A toy's no."""

    status = 422
    message = "There are no toys in {room}."


@dataclass
class Trigger:
    """Kills this process when a point is reached for the nth time."""

    point: str = ""
    left: int = 1
    lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, point: str) -> None:
        with self.lock:
            if point == self.point:
                self.left -= 1
                if self.left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)


TRIGGER = Trigger()


def note(settings: Settings, word: str, label: str) -> None:
    with (settings.folder / "ran.log").open("a") as log:
        log.write(f"{word} {label} {os.getpid()}\n")


def lines(home: Path) -> list[tuple[str, str, int]]:
    """What ran: word, label, process."""
    path = home / "ran.log"
    if not path.exists():
        return []
    found = [line.rsplit(" ", 1) for line in path.read_text().splitlines()]
    return [(*head.split(" ", 1), int(process)) for head, process in found]


def pass_time(desk: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if desk.cancelled():
            raise Cancelled
        time.sleep(0.005)


@stage("toy.make", weight=2.0)
def make(desk, arguments):
    """Make one artifact by its key; what it contains is not repeatable, like a model's answer."""
    label = arguments["label"]
    note(desk.settings, "begin", label)
    TRIGGER.reach("begin")

    def maker(folder):
        pass_time(desk, arguments.get("seconds", 0.0))
        made = folder / "made.txt"
        made.write_text(f"{label} {time.monotonic_ns()} {os.getpid()}")
        note(desk.settings, "effect", label)
        TRIGGER.reach("before effect")
        return made, {}

    artifact = desk.workshop.make(work_key("toy.make", 1, {"label": label}), "toy.make", maker)
    TRIGGER.reach("after effect")
    spend("toy", 0.25)
    note(desk.settings, "end", label)
    return {"hash": artifact.content_hash, "label": label}


@stage("toy.speak", queue="speech")
def speak(desk, arguments):
    return make(desk, arguments)


@stage("toy.ask", queue="api")
def ask(desk, arguments):
    note(desk.settings, "begin", arguments["label"])
    return {"at": time.time()}


@stage("toy.rest")
def rest(desk, arguments):
    """Costs nothing at all for a while."""
    note(desk.settings, "begin", arguments["label"])
    time.sleep(arguments["seconds"])
    return {}


@stage("toy.refuse")
def refuse(desk, arguments):
    note(desk.settings, "begin", arguments["label"])
    raise NoToys(room="the attic")


@stage("toy.break")
def breaks(desk, arguments):
    note(desk.settings, "begin", arguments["label"])
    raise ZeroDivisionError("toys cannot be divided")


@stage("toy.shaky")
def shaky(desk, arguments):
    """Fails on the network so many times first."""
    note(desk.settings, "begin", arguments["label"])
    begun = sum(word == "begin" for word, _, _ in lines(desk.settings.folder))
    if begun <= arguments["failures"]:
        raise ConnectionResetError("the line went dead")
    return {"tries": begun}


@stage("toy.kill")
def kill(desk, arguments):
    """Takes its worker with it."""
    note(desk.settings, "begin", arguments["label"])
    pass_time(desk, arguments.get("seconds", 0.0) / 2)
    os.kill(os.getpid(), signal.SIGKILL)


@stage("toy.wordy")
def wordy(desk, arguments):
    return {"text": "x" * arguments["size"]}


@stage("toy.child")
def child(desk, arguments):
    """Waits for a child that does not listen to SIGTERM."""
    with Child("toy_child", Limits(wall_seconds=60)) as toy:
        answer = toy.ask(arguments, cancelled=desk.cancelled, on_event=lambda event: note(
            desk.settings, "child", str(event.value["pid"])))  # fmt: skip
    return answer.value


@journey("toy.one")
def one(run, arguments):
    """One stage of any kind."""
    answer = run.stage(StageCall(arguments["stage"], "only", {"label": "only", **arguments}))
    return {"answer": told(answer)}


@journey("toy.many")
def many(run, arguments):
    """Stages beside each other."""
    calls = [
        StageCall(
            kind, f"n{number}", {"label": f"n{number}", **arguments.get("each", {})}, priority
        )
        for number, (kind, priority) in enumerate(arguments["calls"])
    ]
    run.expects([call.label for call in calls])
    return {"answers": [told(answer) for answer in run.together(calls)]}


@journey("toy.episode")
def episode(run, arguments):
    """Two stages in order, then two beside each other, then one more."""
    made = [run.stage(call(step, arguments)) for step in ("take", "read")]
    made += run.together([call("voice", arguments, "toy.speak"), call("picture", arguments)])
    made.append(run.stage(call("mix", arguments)))
    return {"hashes": [answer["hash"] for answer in made]}


@journey("toy.series")
def series(run, arguments):
    episodes = [
        JourneyCall("toy.episode", f"ep{number}", {**arguments, "episode": f"ep{number}"})
        for number in range(arguments["episodes"])
    ]
    answers = run.branches(episodes)
    last = run.stage(StageCall("toy.make", "check", {"label": "check"}))
    return {"episodes": [told(answer) for answer in answers], "check": told(last)}


@journey("toy.refusing")
def refusing(run, arguments):
    raise NoToys(room="the cellar")


@journey("toy.breaking")
def breaking(run, arguments):
    raise LookupError("this journey leads nowhere")


@journey("toy.twice")
def twice(run, arguments):
    run.together([StageCall("toy.make", "same", {"label": "same"})] * 2)


def call(step: str, arguments: dict[str, Any], kind: str = "toy.make") -> StageCall:
    seconds = arguments.get("seconds", 0.0)
    label = f"{arguments['episode']}/{step}"
    return StageCall(kind, step, {"label": label, "seconds": seconds})


def told(answer):
    return {"failed": answer.refusal} if isinstance(answer, StageFailed) else answer


def labels_of_series(episodes: int) -> list[str]:
    steps = ("take", "read", "voice", "picture", "mix")
    return [f"ep{n}/{step}" for n in range(episodes) for step in steps] + ["check"]


def work(home: str, plan: dict[str, Any], words: Connection, log: str) -> None:
    """Be a worker in a process of our own, as the plan says."""
    os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    from silkreel.jobs.dbos_engine import DbosEngine
    from silkreel.jobs.keeper import Keeper
    from silkreel.jobs.waits import Waits
    from silkreel.kit.opening import open_workshop

    settings = Settings(home=Path(home), cores=2, database_url=plan.get("database_url"))
    TRIGGER.point, _, left = plan.get("die", "").partition("#")
    TRIGGER.left = int(left or 1)
    reach_around(Waits, "deliver", "after record")
    reach_around(DbosEngine, "start", "in dispatch")
    reach_around(Keeper, "beat", "in heartbeat")
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    workshop = open_workshop(settings)
    tempo = replace(QUICK, dead_seconds=plan.get("dead_seconds", QUICK.dead_seconds))
    engine = DbosEngine(
        settings, workshop, version=plan.get("version", "1"), name=plan.get("name"), tempo=tempo,
        plan=PLAN, queues=tuple(plan.get("queues", ("cpu", "speech", "api"))),
        deaths_allowed=plan.get("deaths_allowed", 100),
    )  # fmt: skip
    words.send("ready")
    if "order" in plan:
        job = engine.submit(JobOrder(**plan["order"]))
        threading.Thread(target=lambda: (engine.wait(job), ended.set()), daemon=True).start()
    ended.wait()
    words.send(engine.stop(plan.get("grace", 0.0)))
    workshop.database.close()


def plain_worker(settings: Settings) -> None:
    """The program's own worker."""
    from silkreel.jobs.worker import work

    assert work(settings, version="1", plan=PLAN, tempo=QUICK)


def reach_around(kind: type, method: str, point: str) -> None:
    """Let a point be reached before a method's first call, after its second, and so on."""
    plain = getattr(kind, method)
    numbers = count()

    def around(*words, **named):
        before = next(numbers) % 2 == 0
        if before:
            TRIGGER.reach(point)
        result = plain(*words, **named)
        if not before:
            TRIGGER.reach(point)
        return result

    setattr(kind, method, around)
