"""Which group an explanation argues for, and explanations without options' names."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.scorers.reading.groups import NO_GROUP, argued_group, without_options
from fiduciary.subjects.problem_text import Problem
from fiduciary.subjects.wording import explanation


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("What matters most is what employees gain, although shareholders and consumers lose.", "employees"),
        ("I give most weight to consumers. Shareholders and shareholders' returns come second.", "consumers"),
        ("Particular attention goes to the community; owners, owners and owners can bear it.", "society"),
        ("Workers come first. Investors, investors and investors must wait.", "employees"),
        ("We should prioritize the gains of our customers over those of staff.", "consumers"),
        ("I favour shareholders here.", "shareholders"),
        ("The **employees** deserve it; society and society lose little.", "employees"),
        ("SOC matters most here, then EM.", "society"),
        ("This is best for the staff.", "employees"),
        # nothing is stated: the group that is named most often
        ("Employees gain $500. Consumers gain $200. For employees that is much.", "employees"),
        ("Option B gives workers $1,200.", "employees"),
        # a denied statement is none, and the other one counts
        ("We should not prioritise shareholders. The focus is on society.", "society"),
    ],
)
def test_the_group_that_is_argued_for(text: str, group: str) -> None:
    assert argued_group(text) == STAKEHOLDERS.index(group)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Option B looks best.",
        "Employees gain $500 and consumers gain $400.",
        "I give most weight to employees. What matters most is what consumers gain.",
        "<think>Employees come first.</think>Both are fine.",
    ],
)
def test_none_where_it_is_not_plain(text: str) -> None:
    assert argued_group(text) == NO_GROUP


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("I favor Option B.", "I favor that option."),
        ("Option B's gains beat those of option A.", "that option gains beat those of that option."),
        ("**Option C** and (D) differ; B, not A, wins.", None),
        ("Options A and B are close, the third option is worse, and so is the latter one.", None),
        ("Choice 2 leaves them $1,234; plan B's cost is $90.", None),
    ],
)
def test_options_lose_their_names(text: str, cut: str | None) -> None:
    found = without_options(text)
    assert cut is None or found == cut
    assert not re.search(r"\b[B-E]\b|[Oo]ptions? [A-E]\b|third|latter|Choice 2|\bA\b,", found), found


def test_figures_groups_and_articles_stay() -> None:
    text = "A gain of $1,234 for employees is a better deal than $90 for the community."
    assert without_options(text) == text


@pytest.mark.parametrize("seed", range(20))
def test_no_explanation_of_a_subject_keeps_a_letter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    said = explanation(Problem(("A", "B", "C"), rng.normal(10, 4, (3, 4))), int(rng.integers(3)), rng)
    assert not re.search(r"\b[ABC]\b", without_options(said)), without_options(said)
