"""The words of letters to viewers, in the viewer's language: plain text, and the same as a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from silkreel.commerce.viewer_letters import LetterKind
from silkreel.flows.sell_vip import plan_words
from silkreel.kit.money import Money
from silkreel.kit.money_words import written, written_day, written_time
from silkreel.kit.words import Counted, language_in_force, speaking, words
from silkreel.people.letters import Letter
from silkreel.people.post import Waiting

Facts = Mapping[str, Any]
BOUGHT = Counted("You bought {count} coins.", one="You bought {count} coin.")
ADDED = Counted("{count} bonus coins came with them.", one="{count} bonus coin came with them.")
RETURNED = Counted(
    "{count} coins are back in your wallet.", one="{count} coin is back in your wallet."
)
OF_COINS = Counted("{count} coins", one="{count} coin")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the brand, who sells there, and the address of its pages (empty if none is set)."""

    brand: str
    trader: str
    site: str

    def page(self, path: str) -> str:
        """Where a page of theirs is."""
        return f"{self.site}{path}" if self.site else path


@dataclass(frozen=True, slots=True)
class Page:
    """A letter before it has a form: a title, sentences, and rows of a name and its value."""

    subject: str
    sentences: tuple[str, ...]
    rows: tuple[tuple[str, str], ...] = ()
    after: tuple[str, ...] = ()


def worded(letter: Waiting, address: str, sender: Sender) -> Letter:
    """A letter as it is sent; the same facts, language and sender give the same letter."""
    with speaking(letter.language):
        page = PAGES[LetterKind(letter.kind)](letter.facts, sender)
        after = [*page.after, *_ending(letter.facts, sender)]
        text = _text(page, after)
        html = _html(page, after)
    return Letter(address, page.subject, text, html, letter.name)


def _receipt(facts: Facts, sender: Sender) -> Page:
    price, bought_at = _money(facts), _moment(facts["at"])
    rows = [
        (words("Order"), str(facts["order"])),
        (words("Paid on"), written_time(bought_at)),
        (words("Price"), written(price)),
        (words("Taxes in it"), _tax(facts)),
    ]
    subject = words("Your receipt from {brand}: {price}", brand=sender.brand, price=written(price))
    if "plan" in facts:
        return _vip_receipt(facts, sender, subject, rows)
    told = [words(BOUGHT, count=facts["coins"])]
    if facts["bonus_coins"]:
        told.append(words(ADDED, count=facts["bonus_coins"]))
    back = words(
        "You can withdraw from this purchase within {days} days: coins you have not used come back "
        "as money. Open {page} and choose to withdraw.",
        days=facts["withdraw_days"], page=sender.page("/rights"),
    )  # fmt: skip
    return Page(subject, tuple(told), tuple(rows), (back,))


def _vip_receipt(facts: Facts, sender: Sender, subject: str, rows: list[tuple[str, str]]) -> Page:
    if facts["ends_at"]:
        rows.append((words("It runs until"), written_day(_moment(facts["ends_at"]))))
    told = words("{plan} is yours now.", plan=plan_words(facts["plan"]))
    agreed = words("What you agreed to on {day}:", day=written_day(_moment(facts["agreed_at"])))
    return Page(
        subject, (told,), tuple(rows), (agreed, *facts["texts"], _how_to_cancel(sender)),
    )  # fmt: skip


def _reminder(facts: Facts, sender: Sender) -> Page:
    price, day = written(_money(facts)), written_day(_moment(facts["renews_at"]))
    plan = plan_words(facts["plan"])
    told = words(
        "{plan} at {brand} renews on {day}, as you chose when you joined. It costs {price}, taxes "
        "included.",
        plan=plan, brand=sender.brand, day=day, price=price,
    )  # fmt: skip
    rows = (
        (words("Plan"), plan), (words("Price"), price), (words("Renews on"), day),
        (words("You joined on"), written_day(_moment(facts["agreed_at"]))),
    )  # fmt: skip
    stop = words(
        "If you do not want that, cancel before then: open {page}, choose to cancel, and say yes. "
        "The days you paid for stay.",
        page=sender.page("/vip"),
    )
    subject = words("VIP renews on {day} for {price}", day=day, price=price)
    return Page(subject, (told,), rows, (stop,))


def _vip_left(facts: Facts, sender: Sender) -> Page:
    rows = [(words("Received on"), written_time(_moment(facts["at"]))), _number(facts["sha256"])]
    plan = plan_words(facts["plan"])
    ends = _moment(facts["ends_at"]) if facts["ends_at"] else None
    if facts["what"] == "withdrawn":
        subject = words("You have withdrawn from VIP at {brand}", brand=sender.brand)
        told = [words("{plan} has ended, as you asked.", plan=plan)]
        for _order, minor, currency in facts["returns"]:
            money = written(Money(minor, currency))
            told.append(words("{money} goes back the way you paid.", money=money))
    else:
        subject = words("You have cancelled VIP at {brand}", brand=sender.brand)
        told = [words("{plan} is cancelled: nothing will be charged again.", plan=plan)]
        if ends is not None:
            told.append(words("It stays open until {day}.", day=written_day(ends)))
    return Page(subject, tuple(told), tuple(rows))


def _withdrawal(facts: Facts, sender: Sender) -> Page:
    rows = [
        (words("Received on"), written_time(_moment(facts["received_at"]))),
        (words("Withdrawal"), str(facts["withdrawal"])), _number(facts["sha256"]),
    ]  # fmt: skip
    told = [words("We have received your withdrawal.")]
    if facts["kind"] == "unlock":
        coins = int(facts["paid_coins"]) + int(facts["bonus_coins"])
        told.append(words(RETURNED, count=coins))
    for back in facts.get("returns", ()):
        money = written(Money(back["minor"], back["currency"]))
        coins_of = words(OF_COINS, count=back["coins"])
        rows.append((words("Order {order}", order=back["order"]), f"{coins_of}, {money}"))
    if facts.get("returns"):
        told.append(words("The money goes back the way you paid."))
    subject = words("Your withdrawal at {brand}", brand=sender.brand)
    return Page(subject, tuple(told), tuple(rows))


PAGES: Mapping[LetterKind, Callable[[Facts, Sender], Page]] = {
    LetterKind.RECEIPT: _receipt,
    LetterKind.REMINDER: _reminder,
    LetterKind.VIP_LEFT: _vip_left,
    LetterKind.WITHDRAWAL: _withdrawal,
}


def _ending(facts: Facts, sender: Sender) -> list[str]:
    told = []
    if facts.get("environment") == "sandbox":
        told.append(words("This is a demonstration: no real money moves."))
    if sender.trader:
        told.append(words("Sold by: {trader}", trader=sender.trader))
    told.append(
        words(
            "{brand} writes to you about what you bought and agreed to, and about nothing else.",
            brand=sender.brand,
        )
    )
    return told


def _how_to_cancel(sender: Sender) -> str:
    return words(
        "To cancel or to withdraw, open {page}: two steps, at any time.", page=sender.page("/vip")
    )


def _tax(facts: Facts) -> str:
    if facts["tax_minor"]:
        return written(Money(facts["tax_minor"], facts["currency"]))
    return words("included where they apply")


def _number(sha256: str) -> tuple[str, str]:
    return words("Its number in our books"), sha256


def _money(facts: Facts) -> Money:
    return Money(facts["minor"], facts["currency"])


def _moment(told: str) -> datetime:
    return datetime.fromisoformat(told)


def _text(page: Page, after: Sequence[str]) -> str:
    rows = "\n".join(f"{name}: {value}" for name, value in page.rows)
    return "\n\n".join([*page.sentences, *([rows] if rows else []), *after]) + "\n"


def _html(page: Page, after: Sequence[str]) -> str:
    """One column, no picture and nothing that is fetched: reading it tells nobody."""
    rows = "".join(
        f'<tr><th scope="row" align="left" style="padding:4px 16px 4px 0;font-weight:normal;'
        f'color:#666">{escape(name)}</th><td style="padding:4px 0;overflow-wrap:anywhere">'
        f"{escape(value)}</td></tr>"
        for name, value in page.rows
    )
    table = f'<table style="border-collapse:collapse">{rows}</table>' if rows else ""
    return (
        f'<!doctype html><html lang="{language_in_force()}"><head><meta charset="utf-8">'
        f"<title>{escape(page.subject)}</title></head>"
        '<body style="font:16px/1.5 sans-serif;max-width:34em;margin:24px auto;padding:0 16px">'
        f'<h1 style="font-size:20px">{escape(page.subject)}</h1>{_paragraphs(page.sentences)}'
        f"{table}{_paragraphs(after)}</body></html>"
    )


def _paragraphs(sentences: Sequence[str]) -> str:
    return "".join(f"<p>{_linked(sentence)}</p>" for sentence in sentences)


def _linked(sentence: str) -> str:
    """A sentence with its address, if it names one, as a link."""
    parts = []
    for word in escape(sentence).split(" "):
        bare = word.rstrip(".,:;")
        link = bare.startswith(("https://", "http://"))
        parts.append(f'<a href="{bare}">{bare}</a>{word[len(bare) :]}' if link else word)
    return " ".join(parts)
