"""A ledger on paper: the planner's rows in dictionaries, with every rule checked after each step.

Histories are made by `history(random, steps)`, so that one seed asks the same of paper, of SQLite
and of PostgreSQL.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from coins import BRAND, NOW, buy, gift, merge, play, refund, reverse_refund, undo, unlock
from silkreel.commerce import ledger
from silkreel.commerce.bounds import Bounds, Limit
from silkreel.commerce.facts import (
    AccountName,
    Entitled,
    Known,
    Lot,
    PastOrder,
    PastUnlock,
    State,
    Use,
    Wallet,
)
from silkreel.commerce.requests import Adjust, Expire, Grant, Merge, Unlock

VIEWERS = ("ana", "bo", "gus")
GUEST, CAPPED, DAY_COINS = "gus", "bo", 40  # one guest who may sign in, one viewer with a limit
EPISODES = tuple(f"e{n}" for n in range(1, 7))
ENDLESS = datetime.max.replace(tzinfo=NOW.tzinfo)


@dataclass
class Paper:
    """Rows as the databases would hold them."""

    wallets: dict = field(default_factory=dict)  # holder -> Wallet
    lots: dict = field(default_factory=dict)
    txns: dict = field(default_factory=dict)  # number -> NewTxn, real numbers inside
    recorded: dict = field(default_factory=dict)
    postings: list = field(default_factory=list)  # txn, account, amount
    uses: dict = field(default_factory=dict)
    entitled: dict = field(default_factory=dict)
    revoked_by: dict = field(default_factory=dict)
    known: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)
    reach: Counter = field(default_factory=Counter)

    def apply(self, requests, now):
        """Plan and write down a batch, then check every rule."""
        for holder in self._paying(requests):
            if holder not in self.wallets:
                number = len(self.wallets) + 1
                self.wallets[holder] = Wallet(
                    number, *holder, 0, 0, 0, *range(number * 3, number * 3 + 3)
                )
        before = {number: lot.remaining for number, lot in self.lots.items()}
        plan = ledger.plan(self._state(now), requests, now)
        answers = self._write(plan, now)
        for request, answer in zip(requests, answers, strict=True):
            self.reach[request.kind, answer.status] += 1
            if answer.status == "ok" and request.key:
                self.known[request.scope, request.key] = Known(request.request_hash(), answer)
        self._check(requests, answers, now, before)
        return answers

    def _paying(self, requests):
        """Whose wallets are made, in the order of the databases: by name."""
        paying = {self.holder(r) for r in requests if isinstance(r, Grant | Adjust | Merge)}
        return sorted(paying | {(r.guest_id, r.brand_id) for r in requests if isinstance(r, Merge)})

    def holder(self, request):
        name = (request.viewer_id, request.brand_id)
        return self.aliases.get(name, name[0]), name[1]

    def _bounds(self, now):
        """What the one viewer with a limit spent in a day."""
        mine = [r for r in self.entitled.values() if r.live and r.viewer_id == CAPPED]
        since = now - timedelta(days=1)
        spent = sum(r.coins for r in mine if self.recorded[r.txn_id] > since)
        return {(CAPPED, BRAND): Bounds(day=Limit(DAY_COINS), day_coins=spent)}

    def _state(self, now):
        by_txn = defaultdict(list)
        for (txn, lot), coins in self.uses.items():
            by_txn[txn].append(Use(lot, coins))
        rows = defaultdict(list)
        coins = Counter()
        for row in self.entitled.values():
            rows[row.txn_id].append(row)
            if row.live:
                coins[row.viewer_id, row.brand_id, row.series_id] += row.coins
        undone = {txn.reverses_id for txn in self.txns.values()}
        undos = Counter(
            txn.wallet_id
            for number, txn in self.txns.items()
            if txn.kind == "undo" and txn.actor == "viewer"
            and self.recorded[number] > now - timedelta(days=30)
        )  # fmt: skip
        return State(
            wallets=dict(self.wallets), lots=list(self.lots.values()), known=dict(self.known),
            entitled=[row for row in self.entitled.values() if row.live], series_coins=coins,
            unlocks=[
                PastUnlock(
                    number, self._kept_by(txn.wallet_id), rows[number][0].series_id, self.recorded[number],
                    self._class_sum(by_txn[number], paid=True),
                    self._class_sum(by_txn[number], paid=False),
                    tuple(by_txn[number]), tuple(rows[number]), number in undone,
                )
                for number, txn in self.txns.items()
                if txn.kind == "unlock"
            ],
            orders=self._orders(), undos=undos, bounds=self._bounds(now),
            aliases=dict(self.aliases),
        )  # fmt: skip

    def _kept_by(self, wallet_id):
        """The wallet a txn's wallet is today."""
        for (viewer, brand), wallet in self.wallets.items():
            if wallet.id == wallet_id and (viewer, brand) in self.aliases:
                return self.wallets[self.aliases[viewer, brand], brand].id
        return wallet_id or 0

    def _class_sum(self, uses, *, paid):
        return sum(u.coins for u in uses if (self.lots[u.lot_id].source == "paid") == paid)

    def _orders(self):
        found = []
        for order in sorted({lot.order_id for lot in self.lots.values() if lot.order_id}):
            lots = [lot for lot in self.lots.values() if lot.order_id == order]
            txns = {
                n for n, txn in self.txns.items() if txn.order_id == order and "claw" in txn.kind
            }
            sums = Counter()
            wallet = next(w for w in self.wallets.values() if w.id == lots[0].wallet_id)
            debts = {w.debt_account for w in self.wallets.values()}
            for txn, account, amount in self.postings:
                if txn in txns:
                    sums[wallet.debt_account if account in debts else account] += amount
            uses = Counter()
            for (txn, lot), coins in self.uses.items():
                uses[lot] += coins if txn in txns else 0
            found.append(
                PastOrder(
                    order, wallet.id,
                    sum(lot.granted for lot in lots if lot.source == "paid"),
                    sum(lot.granted for lot in lots if lot.source != "paid"),
                    tuple(lot.id for lot in lots),
                    sums[AccountName("system", "paid", "clawback", BRAND)],
                    sums[AccountName("system", "bonus", "clawback", BRAND)],
                    -sums[wallet.debt_account],
                    tuple(Use(lot, coins) for lot, coins in sorted(uses.items()) if coins),
                    tuple(
                        row for row in self.entitled.values()
                        if not row.live and self.revoked_by[row.id] in txns
                    ),
                )
            )  # fmt: skip
        return found

    def _write(self, plan, now):
        txn = _numbers(len(self.txns))
        lot = _numbers(len(self.lots))
        entitlement = _numbers(len(self.entitled))
        for place, row in enumerate(plan.txns, start=1):
            reverses = None if row.reverses_id is None else txn(row.reverses_id)
            about = {"txn": txn, "entitlement": entitlement}
            key = row.key + (str(about[row.about[0]](row.about[1])) if row.about else "")
            assert (row.scope, key) not in {(t.scope, t.key) for t in self.txns.values()}
            self.txns[txn(-place)] = replace(row, reverses_id=reverses, key=key, about=None)
            self.recorded[txn(-place)] = now
            self.reach[row.kind] += 1
        self.postings += [(txn(p.txn_id), p.account, p.amount) for p in plan.postings]
        for place, row in enumerate(plan.lots, start=1):
            self.lots[lot(-place)] = Lot(
                lot(-place), row.wallet_id, row.source, row.granted, row.remaining, row.repaid,
                row.expires_at, row.order_id,
            )  # fmt: skip
        for change in plan.lot_changes:
            self.lots[change.lot_id] = replace(
                self.lots[change.lot_id], remaining=change.remaining, repaid=change.repaid
            )
        self.uses |= {(txn(t), lot(number)): coins for (t, number), coins in plan.uses.items()}
        for change in plan.wallet_changes:
            holder = next(h for h, w in self.wallets.items() if w.id == change.wallet_id)
            self.wallets[holder] = replace(
                self.wallets[holder], paid=change.paid, bonus=change.bonus, debt=change.debt
            )
        for place, e in enumerate(plan.entitlements, start=1):
            number = entitlement(-place)
            self.entitled[number] = Entitled(
                number, e.viewer_id, e.brand_id, e.series_id, e.kind, e.ref, e.coins,
                txn(e.txn_id), bool(e.opened_at), live=e.revoked_at is None,
            )  # fmt: skip
            self.revoked_by[number] = txn(e.revoked_by_id) if e.revoked_by_id else None
        for change in plan.entitlement_changes:
            row = self.entitled[change.entitlement_id]
            live = row.live if change.opened_at and not change.revoked_at else not change.revoked_at
            self.entitled[row.id] = replace(
                row, opened=row.opened or bool(change.opened_at), live=live
            )
            self.revoked_by[row.id] = change.revoked_by_id and txn(change.revoked_by_id)
        for each in plan.joined:
            self._join(each)
        return [
            answer if answer.txn_id is None else replace(answer, txn_id=txn(answer.txn_id))
            for answer in plan.answers
        ]

    def _join(self, joined):
        self.aliases[joined.guest_id, joined.brand_id] = joined.viewer_id
        for number, lot in self.lots.items():
            if lot.wallet_id == joined.guest_wallet:
                self.lots[number] = replace(lot, wallet_id=joined.wallet)
        for number, row in self.entitled.items():
            if row.viewer_id == joined.guest_id:
                self.entitled[number] = replace(row, viewer_id=joined.viewer_id)

    # The rules of the design, by their numbers

    def _check(self, requests, answers, now, before):
        self._sums_and_balances()
        self._rights()
        for request, answer in zip(requests, answers, strict=True):
            wallet = self.wallets.get(self.holder(request))
            if wallet:
                late = [
                    n for n in self._open(wallet.id) if (self.lots[n].expires_at or ENDLESS) <= now
                ]
                assert not late, "I7: a touched wallet holds coins past due"
            if isinstance(request, Grant) and answer.status == "ok" and len(requests) == 1:
                beside = wallet.debt and answer.paid_coins
                assert not beside, "bought coins came in beside a debt"
            if isinstance(request, Unlock) and answer.status == "ok" and len(requests) == 1:
                self._order_of_use(answer.txn_id, now, before)
                spent = self._bounds(now)[CAPPED, BRAND].day_coins
                within = request.viewer_id != CAPPED or not answer.paid_coins + answer.bonus_coins
                assert within or spent <= DAY_COINS, "an unlock passed the viewer's own limit"
        for holder in self.aliases:
            left = self.wallets[holder]
            assert (left.paid, left.bonus, left.debt) == (0, 0, 0), "coins stayed with a guest"
            assert not self._open(left.id), "lots stayed with a guest"
        for order in self._orders():
            assert order.paid_clawed <= order.paid_granted, "I15: more is clawed than was granted"
            assert order.debt <= order.paid_clawed

    def _sums_and_balances(self):
        sums, balances = Counter(), Counter()
        for txn, account, amount in self.postings:
            assert amount
            sums[txn] += amount
            balances[account] += amount
        assert not any(sums.values()), "I1: a txn does not sum to zero"
        used = Counter()
        for (_, lot), coins in self.uses.items():
            used[lot] += coins
        for lot in self.lots.values():
            assert lot.remaining == lot.granted - used[lot.id], "a lot is not its uses"
            assert 0 <= lot.remaining <= lot.granted
            assert 0 <= lot.repaid <= lot.granted - lot.remaining
        for w in self.wallets.values():
            assert min(w.paid, w.bonus, w.debt) >= 0, "I3: a balance is negative"
            held = (balances[w.paid_account], balances[w.bonus_account], -balances[w.debt_account])
            assert (w.paid, w.bonus, w.debt) == held, "I2: a wallet is not its postings"
            lots = [self.lots[n] for n in self._open(w.id)]
            assert w.paid == sum(lot.remaining for lot in lots if lot.source == "paid"), "I2"
            assert w.bonus == sum(lot.remaining for lot in lots if lot.source != "paid"), "I2"

    def _rights(self):
        live = Counter((r.viewer_id, r.kind, r.ref) for r in self.entitled.values() if r.live)
        assert not live or max(live.values()) == 1, "I5: an item is owned twice"
        undone = {txn.reverses_id for txn in self.txns.values() if txn.reverses_id}
        price = Counter()
        for row in self.entitled.values():
            price[row.txn_id] += row.coins
            assert not (row.live and row.txn_id in undone), "I5: an undone unlock is live"
            assert not (row.opened and row.txn_id in undone), "a watched unlock was undone"
        for number, txn in self.txns.items():
            if txn.kind == "unlock":
                paid = sum(coins for (t, _), coins in self.uses.items() if t == number)
                assert paid == price[number], "I5: an unlock's price is not what was taken"

    def _order_of_use(self, txn, now, before):
        used = [self.lots[lot] for (t, lot) in self.uses if t == txn]
        for lot in used:
            assert (lot.expires_at or ENDLESS) > now, "I7: coins past due were spent"
        if used:
            last = max(map(turn, used))
            wallet = used[0].wallet_id
            skipped = [n for n in self._open(wallet) if n in before and turn(self.lots[n]) < last]
            assert not skipped, "I6: coins that come earlier were left"

    def _open(self, wallet):
        return [n for n, lot in self.lots.items() if lot.wallet_id == wallet and lot.remaining]


def turn(lot):
    return lot.expires_at or ENDLESS, lot.source == "paid", lot.id


def _numbers(last):
    return lambda number: number if number > 0 else last - number


class Shopper:
    """Makes requests, some of them foolish, from a source of chance."""

    def __init__(self, random):
        self.random = random
        self.now = NOW
        self.orders = []  # viewer, order, gross
        self.unlocked = []  # viewer, txn
        self.said = []
        self.count = 0

    def key(self):
        self.count += 1
        return f"key{self.count}"

    def next_request(self):
        """Something to ask; sometimes the same again, or the same key for something else."""
        chance = self.random
        viewer = chance.choice(VIEWERS)
        kind = chance.choice(
            ("buy", "gift", "unlock", "unlock", "unlock", "play", "undo", "undo", "refund", "reverse",
             "again", "reuse", "wait", "adjust", "merge")
        )  # fmt: skip
        request = getattr(self, f"_{kind}")(viewer)
        self.said.append(request)
        return request

    def heard(self, request, answer):
        """Learn from an answer what can be asked next."""
        if isinstance(request, Unlock) and answer.status == "ok":
            self.unlocked.append((request.viewer_id, answer.txn_id))

    def _buy(self, viewer):
        order = f"o{self.key()}"
        coins, gross = self.random.randint(1, 60), self.random.randint(1, 999)
        self.orders.append((viewer, order, gross))
        bonus = self.random.choice((0, 0, 7))
        return buy(viewer, coins, bonus=bonus, order=order, gross=gross)

    def _gift(self, viewer):
        life = timedelta(days=self.random.choice((1, 5, 30)))
        return gift(viewer, self.random.randint(1, 25), life=life, key=self.key())

    def _unlock(self, viewer):
        count = self.random.choice((1, 1, 2, 3))
        first = self.random.randint(0, len(EPISODES) - count)
        cap = self.random.choice((None, 30, 50))
        coins = self.random.choice((5, 9))
        refs = EPISODES[first : first + count]
        kind = self.random.choice(("episode", "episode", "choice"))  # a story's options too
        return unlock(viewer, *refs, coins=coins, cap=cap, key=self.key(), kind=kind)

    def _play(self, viewer):
        return play(viewer, self.random.choice(EPISODES), self.random.choice(("episode", "choice")))

    def _undo(self, viewer):
        viewer, txn = self.random.choice(self.unlocked[-4:] or [(viewer, 999)])
        actor = self.random.choice(("viewer", "viewer", "staff:mei"))
        return undo(viewer, txn, key=self.key(), actor=actor)

    def _refund(self, viewer):
        viewer, order, gross = self.random.choice(self.orders or [(viewer, "none", 10)])
        return refund(
            viewer, order, self.random.choice((gross, gross, max(1, gross // 2))), gross,
            key=self.key(), set_off=self.random.choice(("all", "bonus", "none")),
            on_refund=self.random.choice(("revoke_unwatched", "keep", "revoke")),
        )  # fmt: skip

    def _reverse(self, viewer):
        viewer, order, gross = self.random.choice(self.orders or [(viewer, "none", 10)])
        left = self.random.choice((0, 0, gross // 3))
        return reverse_refund(viewer, order, left, gross, key=self.key())

    def _merge(self, _viewer):
        """The guest signs in, once they may have something; from then on they are ana."""
        return merge(GUEST, "ana") if self.count > self.random.randint(5, 40) else self._buy(GUEST)

    def _again(self, viewer):
        return self.random.choice(self.said) if self.said else self._gift(viewer)

    def _reuse(self, viewer):
        keyed = [r for r in self.said if isinstance(r, Unlock) and r.viewer_id == viewer]
        if not keyed:
            return self._buy(viewer)
        return unlock(viewer, "e9", key=self.random.choice(keyed).key)

    def _wait(self, viewer):
        self.now += timedelta(hours=self.random.choice((1, 1, 30, 400)))
        return Expire(viewer_id=viewer, brand_id=BRAND)

    def _adjust(self, viewer):
        bonus, forgive = self.random.choice(((5, 0), (-3, 0), (0, 4), (0, 20)))
        return Adjust(
            viewer_id=viewer, brand_id=BRAND, scope="staff", key=self.key(), actor="staff:mei",
            note="a test", bonus_coins=bonus, forgive_coins=forgive,
        )  # fmt: skip


def history(random, steps, apply):
    """Live through so many batches, each of one to four requests; the answers."""
    shopper = Shopper(random)
    told = []
    for _ in range(steps):
        size = random.choice((1, 1, 1, 2, 4))
        batch = [shopper.next_request() for _ in range(size)]
        merges = [request for request in batch if isinstance(request, Merge)]
        others = [request for request in batch if not isinstance(request, Merge)]
        for part in (others, *([each] for each in merges)):
            answers = apply(part, shopper.now) if part else []
            for request, answer in zip(part, answers, strict=True):
                shopper.heard(request, answer)
            told += answers
    return told
