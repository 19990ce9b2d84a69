"""What this trade is known for and this house refuses, each as a test that fails if it comes back."""

import inspect
import re
from dataclasses import MISSING, fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import silkreel.commerce as room
from coins import BRAND, NOW, buy, refund, unlock
from silkreel.commerce import vip, vip_leaving, vip_screen, withdrawals
from silkreel.commerce.book import MIN_FREE_EPISODES
from silkreel.commerce.book_faults import BadBook, check_book
from silkreel.commerce.experiments import Arm, BadExperiment, Experiment
from silkreel.commerce.ledger import apply
from silkreel.commerce.offers import (
    AdPlace,
    Context,
    EpisodeRef,
    Learnt,
    Option,
    SeriesTerms,
    Tries,
    ViewerFacts,
    offer,
)
from silkreel.commerce.pricebook import default_book, publish_book
from silkreel.commerce.quotes import Quote, SeriesPrice, Viewing, series_price, show_price
from silkreel.commerce.requests import Item, Unlock
from silkreel.commerce.tables import WalletRow
from silkreel.commerce.viewer_letters import LetterKind
from silkreel.commerce.vip_screen import ScreenIncomplete, Shown, Title, agree, draw
from silkreel.flows import letter_words

PAGES_OF_LETTERS = letter_words.PAGES
US = default_book("US", BRAND)
QUOTE = Quote(1, US, 10, 45, 2_000, 25, 1, NOW + timedelta(days=9))
E11 = EpisodeRef("e11", 11)
SOURCES = sorted(Path(room.__file__).parent.rglob("*.py"))
HOUSE = Path(room.__file__).parents[1]
PAGES = sorted((HOUSE / "web" / "ui").rglob("*.js"))
README = Path(__file__).parents[2] / "README.md"
LEARNT = st.builds(
    Learnt,
    st.dictionaries(
        st.sampled_from(["coin", "rest", "ad", "vip"]),
        st.builds(Tries, st.integers(0, 90), st.integers(0, 90)),
    ),
    st.integers(0, 2**31),
)
VIEWERS = st.builds(ViewerFacts, st.integers(0, 3), st.integers(0, 30), st.integers(0, 2))


def viewing(viewer="ana"):
    return Viewing(viewer, BRAND, "s1", "US", "web")


def test_the_price_is_told_in_money_before_the_first_episode(database):
    with database.transaction() as tx:
        publish_book(tx, US, approved_by=("mei",), now=NOW)
        told = series_price(show_price(tx, viewing(), 80, NOW), 80)
    assert (str(told.finish_money), str(told.cap_money)) == ("19.96 USD", "19.96 USD")
    assert told.free_episodes >= MIN_FREE_EPISODES
    names = {field.name for field in fields(SeriesPrice)}
    alone = {name for name in names if name.endswith("_coins")} - {"episode_coins"}
    assert {name.replace("_coins", "_money") for name in alone} <= names
    assert str(US.money(told.episode_coins)) == "0.45 USD"


def test_a_price_does_not_rise_inside_a_series_for_who_has_seen_it(database):
    with database.transaction() as tx:
        publish_book(tx, US, approved_by=("mei",), now=NOW)
        seen = show_price(tx, viewing(), 80, NOW)
        dear = replace(US, episode_coins=90, cap_coins=4_000, free_episodes=5)
        publish_book(tx, dear, approved_by=("mei", "li"), now=NOW)
        later = show_price(tx, viewing(), 80, NOW + timedelta(days=100))
    assert (later.episode_coins, later.cap_coins, later.free_episodes) == (
        seen.episode_coins, seen.cap_coins, seen.free_episodes,
    )  # fmt: skip


def test_the_till_never_takes_more_than_was_shown(database):
    with database.transaction() as tx:
        apply(tx, [buy("ana", 500)], NOW)
        (answer,) = apply(tx, [unlock("ana", "e1", coins=46, expected=45)], NOW)
        assert (answer.status, answer.paid_coins) == ("price_changed", 0)


def test_no_bundle_leaves_coins_that_nothing_can_use():
    with pytest.raises(BadBook, match="leaves 455 coins over"):
        check_book(replace(US, exact_top_up=False))
    assert US.top_up(45).left_over_coins == 0


@given(VIEWERS, st.one_of(st.none(), LEARNT), st.integers(0, 20), st.booleans())
def test_nothing_is_marked_that_costs_more_than_the_cheapest(viewer, learnt, left, filled):
    ctx = Context(ads=AdPlace(left, filled), learnt=learnt)
    offers = offer(viewer, SeriesTerms(70), E11, QUOTE, ctx)
    marked = offers.preselected
    assert marked is None or marked.price_minor == min(o.price_minor for o in offers.options)


@given(VIEWERS, st.one_of(st.none(), LEARNT))
def test_no_order_hides_the_cheapest_way_in_money(viewer, learnt):
    ctx = Context(ads=AdPlace(0, filled=False), learnt=learnt)
    options = offer(viewer, SeriesTerms(70), E11, QUOTE, ctx).options
    coin = next(option for option in options if option.kind == "coin")
    assert coin.price_minor == min(option.price_minor for option in options) == 45


def test_a_free_way_by_ads_never_ends_at_a_coin_price():
    """Two ads open an episode and one is left today: the ads are not offered."""
    quote = replace(QUOTE, ads_per_unlock=2)
    offers = offer(ViewerFacts(), SeriesTerms(70), E11, quote, Context(ads=AdPlace(1, filled=True)))
    assert "ad" not in {option.kind for option in offers.options}
    assert offers.left_out["ad"] == "used_up"


def test_no_offer_counts_down():
    """Nothing an offer says runs out: no field for a deadline, and the same answer at any time."""
    names = {field.name for field in fields(Option)} | set(inspect.signature(offer).parameters)
    assert not [
        name for name in names if re.search("until|expires|deadline|countdown|now|left$", name)
    ]


def test_prices_differ_by_market_and_never_by_person():
    for splits in ("price", "episode_coins", "vip"):
        with pytest.raises(BadExperiment):
            Experiment("x", 1, "salt", splits, (Arm("a"), Arm("b")))


def test_nothing_unlocks_by_itself():
    """An unlock names its episodes and has a viewer's key; no setting asks for the next one."""
    required = {field.name for field in fields(Unlock) if field.default is MISSING}
    assert {"key", "items"} <= required
    assert not [path.name for path in SOURCES if "auto_unlock" in path.read_text(encoding="utf-8")]


def test_vip_does_not_renew_unless_the_viewer_says_so():
    parameter = inspect.signature(draw).parameters["renews"]
    assert parameter.default is inspect.Parameter.empty  # every screen has to be told


@pytest.mark.parametrize("texts", [("Join now!",), ("29.99 USD a month",)])
def test_vip_hides_neither_its_price_nor_its_gaps(database, texts):
    gaps = [Title("s9", "Red Rain")]
    with pytest.raises(ScreenIncomplete):
        draw(US, "month", renews=False, not_covered=gaps, texts=texts)
    whole = draw(US, "month", renews=False, not_covered=gaps, texts=("29.99 USD", "not Red Rain"))
    with database.transaction() as tx, pytest.raises(ScreenIncomplete):
        agree(tx, replace(whole, texts=texts), Shown("ana", BRAND, "en", "1"), NOW)


def test_leaving_vip_takes_no_more_steps_nor_questions_than_joining():
    joining = [vip_screen.draw, vip_screen.agree, vip.join]
    cancelling = [vip_leaving.show_cancel, vip_leaving.cancel]
    assert len(cancelling) == 2 <= len(joining)
    for step in cancelling:  # who, which and when: no reason is asked for, no offer is answered
        assert list(inspect.signature(step).parameters) == ["tx", "vip_id", "viewer_id", "at"]


def test_unused_bought_coins_are_refunded_whole_and_leave_no_debt(database):
    with database.transaction() as tx:
        apply(tx, [buy("ana", 500, order="o1")], NOW)
        (answer,) = apply(
            tx, [refund("ana", "o1", refunded=500, gross=500)], NOW + timedelta(days=300)
        )
        assert (answer.status, answer.paid_coins, answer.debt_coins) == ("ok", -500, 0)
        wallet = tx.query(WalletRow).one()
        assert (wallet.paid, wallet.debt) == (0, 0)


def test_no_reward_for_money_is_drawn_by_lot():
    """Chance orders a list (offers), takes turns among house films (campaigns), spaces two tries (till)
    and plays the pretend provider's weather."""
    drawing = re.compile(r"^\s*(import random|from random import)", re.MULTILINE)
    found = {path.name for path in SOURCES if drawing.search(path.read_text(encoding="utf-8"))}
    assert found == {"offers.py", "campaigns.py", "till.py", "fake_weather.py"}


def test_withdrawing_asks_for_no_reason_and_takes_two_steps():
    for step in (withdrawals.show, withdrawals.confirm):
        asked = set(inspect.signature(step).parameters)
        assert asked <= {"tx", "asking", "withdrawal_id", "viewer_id", "at"}
    assert {field.name for field in fields(withdrawals.Asking)} == {
        "viewer_id", "brand_id", "market", "kind", "ref"
    }  # fmt: skip


def test_no_page_ticks_a_box_for_anybody():
    ticked = re.compile(r"""(?<!\.)checked(=\$\{true\}|\s|>|="")|useState\(true\)""")
    boxes = [path for path in PAGES if 'type="checkbox"' in path.read_text("utf-8")]
    assert boxes, "this looks at pages with boxes"
    assert [path.name for path in boxes if ticked.search(path.read_text("utf-8"))] == []


def test_no_streak_is_kept_that_a_missed_day_could_take_away():
    """There is no check-in yet; one that comes gives a make-up day and resets nothing."""
    kept = re.compile(r"streak|days_in_a_row|consecutive", re.IGNORECASE)
    rows = [path for path in HOUSE.rglob("tables*") if path.is_file()]
    rows += [path for folder in HOUSE.rglob("tables") for path in folder.glob("*.py")]
    assert rows, "this looks at the tables"
    named = [
        path.name for path in rows if path.suffix == ".py" and kept.search(path.read_text("utf-8"))
    ]
    assert named == []


def modules_with(pattern):
    """Where in the house something stands, by file."""
    found = re.compile(pattern)
    every = (path for path in HOUSE.rglob("*.py") if found.search(path.read_text("utf-8")))
    return sorted(str(path.relative_to(HOUSE)) for path in every)


def test_nothing_writes_to_viewers_unasked_by_day_or_night():
    """Sent are the code somebody has just asked for, and four letters the law asks for.

    A receipt, the reminder of a renewal, and the acknowledgements of leaving VIP and of a
    withdrawal: they leave at once, at whatever hour, for they are no advertising; nothing else is
    ever written, so nothing has to wait for the morning.
    """
    assert modules_with(r"smtplib|webpush|firebase|apns") == ["people/letters.py"]
    assert modules_with(r"people\.letters import .*\bsend\b") == ["web/api/me.py"]
    assert modules_with(r"\bcarrying\b") == ["flows/send_letters.py", "people/letters.py"]
    assert modules_with(r"post\.write\(") == ["commerce/viewer_letters.py"]
    assert {kind.value for kind in LetterKind} == {
        "receipt", "reminder", "vip_left", "withdrawal"
    }  # fmt: skip
    assert set(PAGES_OF_LETTERS) == set(LetterKind)


@pytest.mark.parametrize("kind", list(LetterKind))
def test_no_letter_sells_anything(kind):
    """No letter names an offer, a sale or another plan, and none carries a picture that tells on you."""
    told = inspect.getsource(PAGES_OF_LETTERS[kind])
    assert not re.search(
        r"offer|discount|bonus_ahead|upgrade|only today|sale\b", told, re.IGNORECASE
    )
    assert "<img" not in inspect.getsource(letter_words)


def test_a_paid_choice_waits_for_as_long_as_it_is_looked_at():
    assert {field.name for field in fields(Item)} == {"kind", "ref", "coins"}
    hurried = re.compile(r"seconds_to_choose|choice_timer|choose_within|time_to_choose")
    assert [
        p.name for p in [*HOUSE.rglob("*.py"), *PAGES] if hurried.search(p.read_text("utf-8"))
    ] == []


# The design's list of what is refused, each with the tests that fail if it comes back.
REFUSED = {
    "price not visible before episode 1": ["the_price_is_told_in_money_before_the_first_episode"],
    "price or wall differing from the quote": ["the_till_never_takes_more_than_was_shown"],
    "rise inside a series": ["a_price_does_not_rise_inside_a_series_for_who_has_seen_it"],
    "no exact top-up": ["no_bundle_leaves_coins_that_nothing_can_use"],
    "leftover that no product can use": ["no_bundle_leaves_coins_that_nothing_can_use"],
    "countdown on any price screen": ["no_offer_counts_down"],
    "anything pre-ticked or pre-selected": [
        "nothing_is_marked_that_costs_more_than_the_cheapest", "no_page_ticks_a_box_for_anybody",
    ],
    "auto-unlock on by default": ["nothing_unlocks_by_itself"],
    "VIP with undisclosed gaps": ["vip_hides_neither_its_price_nor_its_gaps"],
    "check-in that resets all": ["no_streak_is_kept_that_a_missed_day_could_take_away"],
    "random reward for money": ["no_reward_for_money_is_drawn_by_lot"],
    "free ad unlock that ends in a coin price": [
        "a_free_way_by_ads_never_ends_at_a_coin_price"
    ],
    "cancel longer than join": [
        "leaving_vip_takes_no_more_steps_nor_questions_than_joining",
        "withdrawing_asks_for_no_reason_and_takes_two_steps",
    ],
    "push 22:00-08:00": [
        "nothing_writes_to_viewers_unasked_by_day_or_night", "no_letter_sells_anything",
    ],
    "refusal to refund unused bought coins": [
        "unused_bought_coins_are_refunded_whole_and_leave_no_debt"
    ],
    "paid choice with a timer": [
        "a_paid_choice_waits_for_as_long_as_it_is_looked_at"
    ],
}  # fmt: skip


@pytest.mark.parametrize("pattern", sorted(REFUSED))
def test_each_refused_pattern_has_its_test(pattern):
    for name in REFUSED[pattern]:
        assert callable(globals().get(f"test_{name}")), name


def test_the_readme_says_what_is_refused_and_where_it_is_tested():
    text = " ".join(README.read_text("utf-8").split())
    assert "tests/commerce/test_no_dark_patterns.py" in text
    for word in ("hidden", "rising", "countdowns", "pre-ticked", "by lot", "unused coins", "clock"):
        assert word in text, word
