"""What is asked in both blocks, and arguments that cannot be used."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from fiduciary.economics.principals import Principal
from fiduciary.subjects.stated import create
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.stated.dataset import AMOUNTS, StatedDesign, build, statement_samples
from fiduciary.tasks.stated.task import stated

DESIGN = StatedDesign(40, 3, "default", "plain", "choose", 1.0, Principal.named("nonprofit"))


def test_both_blocks_ask_the_same_and_only_the_second_tells_the_utility() -> None:
    untold, told = [], []
    for sample in build(DESIGN):
        assert isinstance(sample.input, list)
        (untold if (sample.metadata or {})["framing"] == "untold" else told).append(sample.input)
    assert [one[1].text for one in untold] == [one[1].text for one in told]
    assert not any("weights" in one[0].text for one in untold)
    assert all("employees 40 %" in one[0].text for one in told)


def test_every_pair_states_both_ways_round_at_every_amount() -> None:
    asked = Counter(
        (about["kind"], about["loser"], about["gainer"], about["amount"])
        for one in statement_samples(0)
        if "loser" in (about := one.metadata or {})
    )
    assert len(asked) == 2 * 12 * len(AMOUNTS)
    assert set(asked.values()) == {1}


def test_a_subject_reads_every_statement_that_is_asked() -> None:
    subject = create("candid", {"noise": 0})
    for sample in statement_samples(1):
        [answer] = subject.answers([str(sample.input)], 1.0, np.random.default_rng(0))
        assert answer.text.startswith(("$", "Shareholders: ")), sample.id


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 39),
        ("seed", -1),
        ("elicitation", "both"),
        ("temperature", 0),
        ("principal", "nobody"),
        ("theta", [0.5, 0.5, 0.5, 0.5]),
        ("trade_offs", "barter"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: object) -> None:
    more = {"rho": 0.5} if name == "theta" else {}
    with pytest.raises(ArgumentError, match=name):
        stated(**{name: value}, **more)
