"""Subjects that break one axiom each."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.utility import profile
from fiduciary.subjects.arguments import SubjectError
from fiduciary.subjects.axioms import Jumpy, Satiated, Unreflexive
from fiduciary.subjects.catalogue import create

BASE = profile("study1")
FIRM = np.array([12.0, 11.0, 10.0, 11.0])


def test_unreflexive_prefers_the_first_of_equals_and_differs_in_nothing_else() -> None:
    same, other = np.stack([FIRM, FIRM]), np.stack([FIRM, FIRM + 1])
    lead = np.diff(Unreflexive(BASE, 2.0).utility(same))
    assert lead == pytest.approx(-2.0)
    assert Unreflexive(BASE).utility(other) == pytest.approx(BASE.utility(other))


def test_satiated_wants_more_up_to_its_bliss_and_less_beyond() -> None:
    amounts = FIRM + np.arange(10)[:, None] * np.eye(4)[1]
    utility = Satiated(BASE, 15.0).utility(amounts)
    assert np.all(np.diff(utility[:5]) > 0) and np.all(np.diff(utility[4:]) < 0)


def test_jumpy_changes_its_mind_again_and_again_along_a_path() -> None:
    path = FIRM + np.linspace(0, 15, 16)[:, None] * np.eye(4)[2]
    utility = Jumpy(BASE, 5.0, 4.0).utility(path)
    turns = np.diff(np.sign(np.diff(utility)))
    assert np.count_nonzero(turns) >= 5


@pytest.mark.parametrize(
    ("name", "argument"), [("satiated", {"bliss": "nan"}), ("jumpy", {"period": 0}), ("jumpy", {"lead": 1})]
)
def test_a_bad_argument_is_named(name: str, argument: dict[str, object]) -> None:
    with pytest.raises(SubjectError, match=next(iter(argument))):
        create(name, argument)
