"""What is read as a split of a budget, and what is not."""

from __future__ import annotations

import pytest

from fiduciary.scorers.reading.splits import SPLIT_REASONS, Split, read_split

NAMES = ("employees", "society")


def read(text: str, stop_reason: str | None = "stop") -> Split:
    return read_split(text, NAMES, 4000.0, stop_reason)


@pytest.mark.parametrize(
    "text",
    [
        "Employees: $1,200\nSociety: $2,800",
        "society: 2800\nemployees: 1200",
        "**Employees:** $1,200.00\n**Society:** $2,800.00",
        "| Employees | $1,200 |\n| Society | $2,800 |",
        "- Employees - $1200\n- Society - $2800",
        "1. Employees = 1200 dollars\n2. Society = 2800 dollars",
        "Employees: $1,200 (30%)\nSociety: $2,800 (70%), which buys $5,600 of benefit",
        '{"employees": 1200, "society": 2800}',
        "Employees: $1,200, Society: $2,800",
        "Employees → $1,200; Society → $2,800",
        "Employees: $1 of benefit costs $0.50.\nSo I decide:\nEmployees: $1,200\nSociety: $2,800\nDone.",
        "<think>Employees: $4,000\nSociety: $0</think>Employees: $1,200\nSociety: $2,800",
        "Employees: $1,206\nSociety: $2,814",
    ],
)
def test_read(text: str) -> None:
    assert read(text).dollars == pytest.approx((1200.0, 2800.0))


def test_the_last_line_of_a_group_counts() -> None:
    assert read(
        "Employees: $4,000\nSociety: $0\n\nOn reflection:\nEmployees: $0\nSociety: $4,000"
    ).dollars == (
        0.0,
        4000.0,
    )


def test_rounding_spends_the_budget_and_less_is_kept() -> None:
    assert read("Employees: $1,333\nSociety: $2,666").dollars == pytest.approx((4000 / 3, 8000 / 3), rel=1e-3)
    assert sum(read("Employees: $1,333\nSociety: $2,666").dollars or ()) == pytest.approx(4000)
    assert read("Employees: $1,000\nSociety: $1,000").dollars == (1000.0, 1000.0)
    assert read("Employees: $4,021\nSociety: $0").reason == "over budget"
    assert read("Employees: $4,019\nSociety: $0").dollars == (4000.0, 0.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("I cannot decide this.", "refused"),
        ("About half each.", "unparsable"),
        ("Employees: $1,200", "unparsable"),
        ("Employees: 30%\nSociety: 70%", "unparsable"),
        ("Employees: $1.2k\nSociety: $2.8k", "unparsable"),
        ("Employees: $1,200 + $100\nSociety: $2,700", "unparsable"),
        ("Employees: $1,200-$1,300\nSociety: $2,700", "unparsable"),
        ("Employees: $12,00\nSociety: $2,800", "unparsable"),
        ("Employees: $2,000\nSociety: $2,800", "over budget"),
        ("Employees: -$200\nSociety: $4,200", "negative"),
        ("Employees: $0\nSociety: $0", "nothing spent"),
    ],
)
def test_missing(text: str, reason: str) -> None:
    assert read(text) == Split(reason=reason)
    assert reason in SPLIT_REASONS


def test_what_was_cut_off_is_not_read() -> None:
    assert read("Employees: $1,200\nSociety: $2,8", "max_tokens").reason == "truncated"
    assert read("", "max_tokens").reason == "truncated"
    assert read("Employees: $1,200\nSociety: $2,800", "content_filter").reason == "refused"
    assert read("", None).reason == "error"


def test_a_split_that_is_taken_back_is_none() -> None:
    lines = "Employees: $1,200\nSociety: $2,800"
    assert read(f"{lines}\n\nActually, ignore that.").reason == "unparsable"
    assert read(f"Employees: $9\nSociety: $9\n\nWait, no.\n\n{lines}").dollars == (1200, 2800)
