"""Compute a statement again from its CSV. Needs only Python: python3 recompute_statement.py FILE."""
# ruff: noqa: T201 - a script of its own, sent along with statements

import csv
import hashlib
import io
import sys
from fractions import Fraction
from pathlib import Path


def by_largest_remainder(minor: int, weights: list[int]) -> list[int]:
    """An amount by weights, to the last unit; ties go to whoever comes first."""
    parts = [minor * weight // sum(weights) for weight in weights]
    rests = [minor * weight % sum(weights) for weight in weights]
    order = sorted(range(len(weights)), key=lambda place: (-rests[place], place))
    for place in order[: minor - sum(parts)]:
        parts[place] += 1
    return parts


def taxed(rows: list[dict[str, str]], row: dict[str, str]) -> int:
    """The part of a payee's share that is held to be earned in the row's market."""
    mine = [r for r in rows if r["contract"] == row["contract"] and r["step"] != "withholding"]
    earned: dict[str, int] = {}
    for r in mine:
        if r["step"] in ("earning", "refund"):
            earned[r["market"]] = earned.get(r["market"], 0) + int(r["amount_minor"])
    share = sum(int(r["amount_minor"]) for r in mine)
    parts = by_largest_remainder(share, [max(0, earned[each]) for each in sorted(earned)])
    return parts[sorted(earned).index(row["market"])]


def expected(rows: list[dict[str, str]], place: int) -> int:
    """What a row's amount must be, from the rows before it and its own terms."""
    row, before = rows[place], rows[:place]
    step, base, bp = row["step"], int(row["base_minor"]), int(row["share_bp"])
    limit, total = int(row["limit_minor"]), sum(int(r["amount_minor"]) for r in before)
    mine = [r for r in before if r["contract"] == row["contract"]]
    so_far = sum(int(r["amount_minor"]) for r in mine)
    earned = sum(int(r["amount_minor"]) for r in mine if r["step"] == "earning")
    exchanged = round(base * Fraction(row["minor_rate"] or "1"))
    weights = [int(each) for each in row["weights"].split("|")] if row["weights"] else [1]
    own = int(row["place"])
    return {
        "earning": lambda: exchanged,
        "deduction": lambda: -(earned * bp // 10_000),
        "platform": lambda: -(so_far * bp // 10_000),
        "recoup": lambda: -min(max(so_far, 0), limit),
        "others": lambda: by_largest_remainder(so_far, weights)[own] - so_far,
        "refund": lambda: by_largest_remainder(exchanged, weights)[own],
        "withholding": lambda: -(taxed(rows, row) * bp // 10_000),
        "carried_in": lambda: int(row["amount_minor"]),  # see the statement of the month before
        "carried_out": lambda: -total if total <= 0 or base < limit else 0,
        "payment": lambda: round(total * Fraction(row["minor_rate"])),
    }[step]()


def main(path: str) -> int:
    """Say whether every row follows from the rows before it; 1 where one does not."""
    content = Path(path).read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    wrong = [
        place
        for place in range(len(rows))
        if expected(rows, place) != int(rows[place]["amount_minor"])
    ]
    for place in wrong:
        print(f"Row {place + 1} ({rows[place]['step']}) should be {expected(rows, place)}.")
    paid = rows[-1]
    print(
        f"{paid['amount_minor']} {paid['currency']} (smallest unit) to {paid['name']}, {paid['period']}."
    )
    print(f"sha256 {hashlib.sha256(content).hexdigest()}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
