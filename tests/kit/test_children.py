"""Killable children: what they answer, and how they end."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import toy_child
from silkreel.kit import children
from silkreel.kit.children import Cancelled, Child, ChildCrashed, ChildTooSlow, Limits, ask_once
from silkreel.kit.effort import measuring

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def child():
    with Child("toy_child") as made:
        yield made


def alive(process):
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rsplit(")", 1)[1].split()[0] != "Z"


def wait_for(reached, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it never came to it"
        time.sleep(0.02)


ARRAYS = [
    np.arange(12, dtype=np.uint8).reshape(3, 4),
    np.array([[1.5, -2.5]], dtype=np.float32),
    np.array(7, dtype=np.int64),
    np.zeros((0, 3), dtype=np.float64),
    np.asfortranarray(np.arange(6, dtype=">i4").reshape(2, 3)),
    np.arange(20, dtype=np.int16)[::3],
]


def test_values_and_arrays_make_the_round_trip(child):
    answer = child.ask({"do": "echo", "text": "好\n\x00", "nested": {"a": [1, None]}}, ARRAYS)
    assert answer.value == {"do": "echo", "text": "好\n\x00", "nested": {"a": [1, None]}}
    assert len(answer.arrays) == len(ARRAYS)
    for sent, received in zip(ARRAYS, answer.arrays, strict=True):
        assert received.dtype == sent.dtype
        assert received.shape == sent.shape
        np.testing.assert_array_equal(received, sent)


def test_a_huge_message_arrives_whole(child):
    picture = np.random.default_rng(1).integers(0, 255, (3000, 4000, 3), dtype=np.uint8)
    text = "字" * 2_000_000
    answer = child.ask({"do": "echo", "text": text}, [picture])
    assert answer.value["text"] == text
    np.testing.assert_array_equal(answer.arrays[0], picture)


def test_one_child_answers_many_requests(child):
    processes = set()
    for number in range(20):
        assert child.ask({"do": "echo", "number": number}).value["number"] == number
        processes.add(child._process.pid)
    assert len(processes) == 1


def test_events_come_in_order_and_none_is_missed(child):
    seen = []
    child.ask({"do": "events", "count": 500}, on_event=seen.append)
    assert [event.value["number"] for event in seen] == list(range(500))
    assert all((event.arrays[0] == event.value["number"]).all() for event in seen)


def test_its_cpu_seconds_are_counted_by_name(child):
    with measuring() as effort:
        child.ask({"do": "echo"})
        child.ask({"do": "echo"})
    assert effort.cpu_seconds == {"toy": 1.0}


def test_a_refusal_comes_back_as_itself_and_the_child_lives_on(child):
    with pytest.raises(toy_child.ToyRefusal, match="will not play"):
        child.ask({"do": "refuse"})
    process = child._process.pid
    assert child.ask({"do": "echo"}).value == {"do": "echo"}
    assert child._process.pid == process


def test_what_a_child_prints_is_no_message(child):
    assert child.ask({"do": "print"}).value == {"said": True}


@pytest.mark.parametrize(("do", "how"), [("crash", "SIGKILL"), ("exit", "exit code 7")])
def test_a_crash_is_told_with_how_it_ended(child, do, how):
    with pytest.raises(ChildCrashed) as crashed:
        child.ask({"do": do})
    assert crashed.value.values["how"] == how
    if do == "crash":
        assert crashed.value.values["words"] == "my last words"


def test_after_a_crash_the_next_request_starts_another(child):
    with pytest.raises(ChildCrashed):
        child.ask({"do": "crash"})
    assert child.ask({"do": "echo"}).value == {"do": "echo"}


def test_a_module_that_is_not_there_is_a_crash_with_its_words():
    with pytest.raises(ChildCrashed, match="No module named"):
        ask_once("no_such_module", {"do": "echo"})


def test_a_silent_child_is_killed():
    started = time.monotonic()
    with Child("toy_child", Limits(silence_seconds=0.5)) as child:
        with pytest.raises(ChildTooSlow):
            child.ask({"do": "sleep"})
        assert child._process is None
    assert time.monotonic() - started < 40, "it would have slept for sixty"


def test_a_slow_child_is_killed_though_it_talks():
    with Child("toy_child", Limits(wall_seconds=1.5)) as child, pytest.raises(ChildTooSlow):
        child.ask({"do": "spin"})


def test_a_child_that_does_not_read_is_killed_too():
    """The request is larger than a pipe, and nobody takes it."""
    request = np.zeros(50_000_000, np.uint8)
    started = time.monotonic()
    with Child("toy_stone", Limits(silence_seconds=1.0)) as child, pytest.raises(ChildTooSlow):
        child.ask({"do": "echo"}, [request])
    assert time.monotonic() - started < 40, "it would have slept for sixty"


def test_cancelling_ends_the_child_within_a_second():
    cancelled = threading.Event()
    pids = []

    def on_event(event):
        pids.append(event.value["pid"])
        threading.Timer(0.3, cancelled.set).start()

    with Child("toy_child") as child, pytest.raises(Cancelled):
        child.ask({"do": "sleep"}, on_event=on_event, cancelled=cancelled.is_set)
    wait_for(lambda: not alive(pids[0]), 1)


def test_a_deaf_child_is_killed_after_the_grace_time(monkeypatch):
    monkeypatch.setattr(children, "GRACE_SECONDS", 0.5)
    cancelled = threading.Event()
    pids = []

    def on_event(event):
        pids.append(event.value["pid"])
        cancelled.set()

    with Child("toy_child") as child, pytest.raises(Cancelled):
        child.ask({"do": "sleep", "deaf": True}, on_event=on_event, cancelled=cancelled.is_set)
    assert not alive(pids[0])


def test_the_kernel_keeps_the_limits():
    limits = Limits(
        address_space_bytes=3 * 1024**3, cpu_seconds=50, file_size_bytes=1024**2, open_files=32,
        nice=7,
    )  # fmt: skip
    answer = ask_once("toy_child", {"do": "limits"}, limits=limits).value
    assert answer == {
        "RLIMIT_AS": 3 * 1024**3, "RLIMIT_CPU": 50, "RLIMIT_FSIZE": 1024**2, "RLIMIT_NOFILE": 32,
        "RLIMIT_CORE": 0, "nice": min(19, os.nice(0) + 7), "session": True,
    }  # fmt: skip


def test_a_child_cannot_take_more_memory_than_its_limit():
    limits = Limits(address_space_bytes=1024**3)
    with pytest.raises(ChildCrashed, match="MemoryError"):
        ask_once("toy_child", {"do": "memory", "size_bytes": 2 * 1024**3}, limits=limits)


def test_a_child_cannot_spin_beyond_its_cpu_seconds():
    with pytest.raises(ChildCrashed) as crashed:
        ask_once("toy_child", {"do": "spin"}, limits=Limits(cpu_seconds=1))
    assert crashed.value.values["how"] in ("SIGXCPU", "SIGKILL")


def test_a_child_cannot_write_a_file_beyond_its_limit(tmp_path):
    request = {"do": "write", "path": str(tmp_path / "big"), "size_bytes": 3_000_000}
    with pytest.raises(ChildCrashed):
        ask_once("toy_child", request, limits=Limits(file_size_bytes=1_000_000))
    assert (tmp_path / "big").stat().st_size <= 1_000_000


def test_a_child_dies_with_its_parent():
    program = (
        "import sys; from silkreel.kit.children import Child\n"
        "child = Child('toy_child')\n"
        "tell = lambda event: print(event.value['pid'], flush=True)\n"
        "child.ask({'do': 'sleep', 'deaf': True}, on_event=tell)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    process = int(parent.stdout.readline())
    assert alive(process)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    wait_for(lambda: not alive(process), 3)


def test_secrets_of_the_parents_environment_stay_with_it(monkeypatch):
    monkeypatch.setenv("SILKREEL_TRANSLATOR_KEY", "secret")
    with Child("toy_child") as child:
        child.ask({"do": "echo"})
        environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    assert b"secret" not in environment
    assert os.environ["PATH"].encode() in environment


def test_a_child_outlives_the_thread_that_first_asked_it(child):
    thread = threading.Thread(target=child.ask, args=({"do": "echo"},))
    thread.start()
    thread.join()
    first = child._process.pid
    time.sleep(0.2)
    child.ask({"do": "echo"})
    assert child._process.pid == first
