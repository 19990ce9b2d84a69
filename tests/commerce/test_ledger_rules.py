import random
from collections import Counter
from dataclasses import replace

import hypothesis
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from coins import BRAND, faults
from paper_ledger import CAPPED, DAY_COINS, VIEWERS, Paper, Shopper, history
from silkreel.commerce import draft, ledger, merging, moves, refunds
from silkreel.commerce.requests import Unlock
from silkreel.commerce.tables import ViewerLimitRow, WalletRow

CHANCE = st.randoms(use_true_random=False)


class Coins(RuleBasedStateMachine):
    """Anything may be asked in any order; after each step every rule holds."""

    def __init__(self):
        super().__init__()
        self.paper = Paper()
        self.shopper = Shopper(random.Random(0))

    def ask(self, chance, kinds):
        self.shopper.random = chance
        viewer = chance.choice(VIEWERS)
        request = getattr(self.shopper, f"_{chance.choice(kinds)}")(viewer)
        self.shopper.said.append(request)
        (answer,) = self.paper.apply([request], self.shopper.now)
        self.shopper.heard(request, answer)

    @rule(chance=CHANCE)
    def coins_come(self, chance):
        self.ask(chance, ("buy", "gift"))

    @rule(chance=CHANCE)
    def coins_are_spent(self, chance):
        self.ask(chance, ("unlock",))

    @precondition(lambda self: self.shopper.unlocked)
    @rule(chance=CHANCE)
    def an_unlock_is_played_or_undone(self, chance):
        self.ask(chance, ("play", "undo"))

    @precondition(lambda self: self.shopper.orders)
    @rule(chance=CHANCE)
    def money_goes_back_or_comes_again(self, chance):
        self.ask(chance, ("refund", "reverse"))

    @rule(chance=CHANCE)
    def something_is_said_twice(self, chance):
        self.ask(chance, ("again", "reuse"))

    @rule(chance=CHANCE)
    def a_guest_signs_in(self, chance):
        self.ask(chance, ("merge",))

    @rule(chance=CHANCE)
    def time_goes_by(self, chance):
        self.ask(chance, ("wait", "adjust"))


TestCoins = Coins.TestCase
TestCoins.settings = hypothesis.settings(max_examples=60, stateful_step_count=30, deadline=None)


def lived(seeds, steps=40):
    """Histories on paper; how often each thing happened."""
    reach = Counter()
    for seed in seeds:
        paper = Paper()
        history(random.Random(seed), steps, paper.apply)
        reach += paper.reach
    return reach


def test_random_histories_keep_every_rule_and_reach_every_corner():
    reach = lived(range(150))  # a debt that a merge settles is rare
    for corner in (
        "grant", "unlock", "open", "undo", "expire", "extend", "claw", "unclaw", "settle",
        "adjust", "merge", "double", ("unlock", "cap"), ("merge", "replay"),
        ("unlock", "replay"), ("unlock", "key_reuse"), ("unlock", "debt"),
        ("unlock", "insufficient"), ("unlock", "owned"), ("undo", "watched"), ("undo", "too_late"),
        ("undo", "too_many"), ("claw", "owned"), ("unclaw", "owned"), ("adjust", "short"),
    ):  # fmt: skip
        assert reach[corner] > 0, f"no history reached {corner}"


def in_turn(answers):
    """Answers with txns numbered as they are told of: a database leaves gaps in its numbers."""
    turns = {}
    return [replace(a, txn_id=a.txn_id and turns.setdefault(a.txn_id, len(turns))) for a in answers]


@pytest.mark.parametrize("seed", range(8))
def test_a_history_ends_the_same_on_paper_and_in_the_database(database, seed):
    def apply(batch, now):
        with database.transaction() as tx:
            return ledger.apply(tx, batch, now)

    with database.transaction() as tx:
        tx.add(ViewerLimitRow(viewer_id=CAPPED, brand_id=BRAND, day_coins=DAY_COINS))
    paper = Paper()
    on_paper = history(random.Random(seed), 40, paper.apply)
    in_rows = history(random.Random(seed), 40, apply)
    assert in_turn(in_rows) == in_turn(on_paper)
    assert faults(database) == {}
    with database.reading() as tx:
        rows = {(w.viewer_id, w.brand_id): (w.paid, w.bonus, w.debt) for w in tx.query(WalletRow)}
    assert rows == {holder: (w.paid, w.bonus, w.debt) for holder, w in paper.wallets.items()}


def _no_repayment(monkeypatch):
    monkeypatch.setattr(moves, "settle_debt", lambda *_: 0)


def _refunds_twice(monkeypatch):
    shared = refunds._share
    monkeypatch.setattr(refunds, "_share", lambda granted, request: shared(granted, request) * 2)


def _expires_late(monkeypatch):
    monkeypatch.setattr(draft.Draft, "write_off", lambda *_: 0)


def _bought_coins_first(monkeypatch):
    def turn(lot):
        return lot.source != "paid", lot.expires_at or draft.NEVER, lot.id

    monkeypatch.setattr(draft, "_turn", turn)


def _undo_forgets_lots(monkeypatch):
    monkeypatch.setattr(draft.Draft, "put_back", lambda *_: None)


def _undoes_what_was_watched(monkeypatch):
    monkeypatch.setattr(draft.Draft, "mark_opened", lambda *_: None)


def _forgets_keys_in_a_batch(monkeypatch):
    real = ledger._decide

    def decide(draft_, request):
        answer = real(draft_, request)
        draft_.known = dict(first_known[id(draft_)])
        return answer

    first_known = {}
    plain_init = draft.Draft.__init__

    def init(self, state, now):
        plain_init(self, state, now)
        first_known[id(self)] = dict(self.known)

    monkeypatch.setattr(draft.Draft, "__init__", init)
    monkeypatch.setattr(ledger, "_decide", decide)


def _owned_is_bought_again(monkeypatch):
    monkeypatch.setattr(
        draft.Draft, "owned",
        lambda self, request, kind, ref: None if isinstance(request, Unlock)
        else self.entitled.get((request.viewer_id, request.brand_id, kind, ref)),
    )  # fmt: skip


def _doubles_stay(monkeypatch):
    monkeypatch.setattr(merging, "_doubles", lambda *_: [])


def _limits_are_not_asked(monkeypatch):
    monkeypatch.setattr(moves, "refuse_bounds", lambda *_: None)


@pytest.mark.parametrize(
    "fault",
    [
        _no_repayment, _refunds_twice, _expires_late, _bought_coins_first, _undo_forgets_lots,
        _undoes_what_was_watched, _forgets_keys_in_a_batch, _owned_is_bought_again,
        _doubles_stay, _limits_are_not_asked,
    ],
    ids=lambda fault: fault.__name__.strip("_"),
)  # fmt: skip
def test_a_planted_fault_is_caught(fault, monkeypatch):
    fault(monkeypatch)
    with pytest.raises((AssertionError, KeyError)):
        lived(range(300))
