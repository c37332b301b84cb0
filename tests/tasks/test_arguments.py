"""Arguments from the command line: read in one type, or refused with a message that says all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai._util.config import parse_cli_args
from inspect_ai._util.error import PrerequisiteError

from fiduciary.tasks._arguments import (
    ArgumentError,
    number,
    numbers,
    one_of,
    some_of,
    whole_number,
    yes_or_no,
)


def given(text: str) -> Any:
    """What Inspect makes of ``-T x=text``."""
    return parse_cli_args([f"x={text}"])["x"]


@pytest.mark.parametrize(("text", "expected"), [("10", 10), ("1e3", 1000), ("20.0", 20), ("1", 1)])
def test_whole_numbers_in_any_spelling(text: str, expected: int) -> None:
    value = whole_number("n", given(text), at_least=1)
    assert value == expected
    assert isinstance(value, int)


@pytest.mark.parametrize("text", ["0", "-3", "2.5", "ten", "true", "1,2", "nan", "inf"])
def test_not_a_whole_number_of_at_least_one(text: str) -> None:
    with pytest.raises(ArgumentError, match=r"n must be a whole number of at least 1, got"):
        whole_number("n", given(text), at_least=1)


@pytest.mark.parametrize(
    ("text", "expected"), [("0.5", (0.5,)), ("0.2,0.5, 1", (0.2, 0.5, 1.0)), ("[0.2, 1]", (0.2, 1.0))]
)
def test_lists_of_numbers_with_commas_or_brackets(text: str, expected: tuple[float, ...]) -> None:
    assert numbers("theta", given(text), "weights") == expected


@pytest.mark.parametrize("text", ["a", "0.2,b", "[]", "true"])
def test_not_numbers(text: str) -> None:
    with pytest.raises(ArgumentError, match="theta must be weights, got"):
        numbers("theta", given(text), "weights")


def test_minus_infinity_is_a_number_and_nan_is_not() -> None:
    assert number("rho", given("-inf")) == number("rho", given("-.inf")) == float("-inf")
    with pytest.raises(ArgumentError, match="rho must be a number, got nan"):
        number("rho", given(".nan"))


def test_words_are_checked_against_a_list() -> None:
    assert one_of("order", given("given"), ["given", "shuffle"]) == "given"
    assert some_of("wording", given("a, b"), ["a", "b", "c"]) == ("a", "b")
    with pytest.raises(ArgumentError, match=r"order must be one of given, shuffle, got 'x'"):
        one_of("order", given("x"), ["given", "shuffle"])
    with pytest.raises(ArgumentError, match="one or several"):
        some_of("wording", given("a,a"), ["a", "b"])


def test_yes_or_no_takes_what_yaml_calls_a_boolean() -> None:
    assert yes_or_no("context", given("true")) is True
    assert yes_or_no("context", given("no")) is False
    with pytest.raises(ArgumentError, match="context must be true or false, got 'maybe'"):
        yes_or_no("context", given("maybe"))


def test_an_argument_error_is_shown_without_a_traceback_and_without_markup() -> None:
    error = ArgumentError("x", ["[bold]"], "something")
    assert isinstance(error, PrerequisiteError)
    assert isinstance(error, ValueError)
    assert str(error) == "x must be something, got ['[bold]']"
    assert r"\[bold]" in str(error.message)


@pytest.mark.parametrize("check", [lambda v: one_of("x", v, ["a"]), lambda v: some_of("x", v, ["a"])])
def test_other_types_are_refused_rather_than_failing(check: Callable[[Any], Any]) -> None:
    for value in (None, 3, {"a": 1}, [["a"]]):
        with pytest.raises(ArgumentError):
            check(value)
