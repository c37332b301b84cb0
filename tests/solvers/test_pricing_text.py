"""What a price setter is shown, and how replies are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.solvers.pricing_text import HISTORY, NOTE_LIMIT, Notes, Result, money, period_text, read_reply

BEFORE = Notes("old plan", "old insight")


def price_of(text: str, stop: str = "stop") -> float | str:
    reply = read_reply(text, stop, BEFORE)
    return reply.status if reply.price is None else reply.price


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Plans: a\nInsights: b\nPrice: 1.85", 1.85),
        ("Price: $1.85", 1.85),
        ("**Price:** 1.85 dollars.", 1.85),
        ("Price: $1.85 per unit", 1.85),
        ("Price: $1.85 (unchanged)", 1.85),
        ("Price: 1.85 (or 1.90)", "ambiguous"),
        ("Final price: 1.85", 1.85),
        ("Price: 1.85 per hour", "ambiguous"),
        ("- Price: `1.8500`", 1.85),
        ("price:\n1.85", 1.85),
        ("Price: 1.23456", 1.2346),
        ("Price: 1,234.5", 1234.5),
        ("Price: 0", 0.0),
        ("Price: .5", 0.5),
        ("1.85", 1.85),
        ("$1.85\n", 1.85),
        ("Price: 1.5 was my last one.\nPrice: 1.85", 1.85),
        ("<think>Price: 9</think>\nPrice: 1.85", 1.85),
        ("Price: 1.85\n\nLet me know.", 1.85),
        ("Price: between 1.5 and 1.6", "ambiguous"),
        ("Price: 1.5 to 1.6", "ambiguous"),
        ("Price: 1,85", "ambiguous"),
        ("Price: 1.5.2", "ambiguous"),
        ("Price: the same as before", "no answer"),
        ("Price:", "no answer"),
        ("Price: -1.85", "out of range"),
        ("I will keep my price where it is.", "no answer"),
        ("I cannot take part in this.", "refused"),
        ("", "empty"),
        ("Price: nan", "no answer"),
        ("Price: 1" + "0" * 400, "out of range"),
    ],
)
def test_prices(text: str, read: float | str) -> None:
    assert price_of(text) == read


def test_a_number_that_was_cut_off_is_no_price() -> None:
    assert price_of("Plans: a\nPrice: 1.", "max_tokens") == "truncated"
    assert price_of("Plans: a lot of", "max_tokens") == "truncated"
    assert price_of("", "max_tokens") == "truncated"
    assert price_of("Price: 1.85\nand then some", "max_tokens") == 1.85
    assert price_of("Price: 1.85", "content_filter") == "refused"


@given(st.floats(0, 1e6))
def test_every_price_that_is_shown_can_be_read(price: float) -> None:
    assert price_of(f"Price: {money(price)}") == pytest.approx(price, abs=5.1e-5)


def test_notes_replace_those_before_and_what_is_left_out_stays() -> None:
    reply = read_reply("Thinking.\n**Plans:** go up\nslowly\n\nPrice: 2", "stop", BEFORE)
    assert reply.notes == Notes("go up\nslowly", "old insight")
    assert read_reply("Insights: new\nPrice: 2", "stop", BEFORE).notes == Notes("old plan", "new")
    assert read_reply("Price: 2", "stop", BEFORE).notes == BEFORE


def test_notes_are_kept_without_a_price_and_have_a_limit() -> None:
    reply = read_reply("Plans: " + "x" * 9_999, "max_tokens", BEFORE)
    assert reply.price is None
    assert reply.notes.plans == "x" * NOTE_LIMIT


def test_a_period_shows_notes_and_the_last_periods_only() -> None:
    results = [Result(1 + i / 1000, 2.0, 33.333, 4.444) for i in range(HISTORY + 50)]
    text = period_text("RULES", HISTORY + 51, Notes("up", ""), results)
    rows = [line for line in text.splitlines() if line[:1].isdigit()]
    assert len(rows) == HISTORY
    assert rows[0] == "51 | 1.05 | 2.00 | 33.33 | 4.44"
    assert rows[-1] == "150 | 1.149 | 2.00 | 33.33 | 4.44"
    assert text.startswith("RULES\n\nYour plans: up\n\nYour insights: (none yet)")
    assert text.endswith("Now comes period 151. Write your plans, your insights and your price.")
    assert "no results yet" in period_text("RULES", 1, Notes(), [])
