"""Slots: never more at once than there are, and the urgent first."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from silkreel.jobs.slots import SlotPlan, Slots

PLAN = SlotPlan(cpu=2, speech=1)


def never():
    return False


def test_never_more_at_once_than_slots():
    slots, lock, at_once, most = Slots(PLAN), threading.Lock(), 0, 0

    def work(_):
        nonlocal at_once, most
        with slots.held("cpu", 10, never):
            with lock:
                at_once += 1
                most = max(most, at_once)
            time.sleep(0.005)
            with lock:
                at_once -= 1

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(work, range(40)))
    assert most == PLAN.cpu


def test_the_urgent_come_first_then_who_waited_longest():
    slots, order, waiting = Slots(PLAN), [], []
    assert slots.take("speech", 1, never)
    for name, priority in (("bulk a", 50), ("bulk b", 50), ("preview", 10), ("bench", 1)):

        def work(name=name, priority=priority):
            with slots.held("speech", priority, never):
                order.append(name)

        waiting.append(threading.Thread(target=work))
        waiting[-1].start()
        time.sleep(0.05)
    slots.give("speech")
    for thread in waiting:
        thread.join()
    assert order == ["bench", "preview", "bulk a", "bulk b"]


def test_who_gives_up_takes_nothing_and_holds_nobody_up():
    slots = Slots(PLAN)
    assert slots.take("speech", 1, never)
    assert not slots.take("speech", 1, lambda: True)
    slots.give("speech")
    assert slots.take("speech", 50, never)


def test_queues_do_not_wait_for_each_other():
    slots = Slots(PLAN)
    assert slots.take("speech", 1, never)
    assert slots.take("cpu", 1, never)


def test_a_slot_is_given_back_whatever_happens():
    slots = Slots(PLAN)
    for _ in range(3):
        with pytest.raises(RuntimeError), slots.held("speech", 1, never):
            raise RuntimeError
    assert slots.take("speech", 1, never)


@pytest.mark.parametrize(("cores", "speech"), [(1, 1), (2, 2), (16, 16)])
def test_speech_has_a_slot_for_each_core(cores, speech):
    plan = SlotPlan.for_cores(cores)
    assert (plan.cpu, plan.speech, plan.api) == (cores, speech, 8)


def test_who_is_cancelled_while_waiting_does_not_begin():
    slots, cancelled, results = Slots(PLAN), threading.Event(), []
    assert slots.take("speech", 1, never)
    waiter = threading.Thread(
        target=lambda: results.append(slots.take("speech", 1, cancelled.is_set))
    )
    waiter.start()
    time.sleep(0.05)
    cancelled.set()
    slots.give("speech")
    waiter.join()
    assert results == [False]
    assert slots.take("speech", 1, never)  # the slot went on
