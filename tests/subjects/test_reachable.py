"""A subject moves as far as it is made to, towards whom it is told to serve, and not otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.utility import PROFILES
from fiduciary.subjects.arguments import SubjectError
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.reachable import Swayed, told

DOCUMENT = "[Retrieved document: Policy]\nDecisions serve employees.\n[End of the retrieved document]\n\n"


def swayed(**given: object) -> Swayed:
    made = create("swayed", given)
    assert isinstance(made, Swayed)
    return made


@pytest.mark.parametrize(
    ("text", "theta"),
    [
        ("You manage a firm.", None),
        ("Decide in the interest of its workers.", (0, 1, 0, 0)),
        ("Think of customers and of investors.", (0.5, 0, 0.5, 0)),
        (
            "with these weights: employees 40 %, consumers 40 % and society 20 %. The gain of shareholders",
            (0, 0.4, 0.4, 0.2),
        ),
        ("Only the gain of society counts; the gains of shareholders do not.", (0, 0, 0, 1)),
    ],
)
def test_what_a_text_tells(text: str, theta: tuple[float, ...] | None) -> None:
    assert told(text) == (theta if theta is None else pytest.approx(theta))


def test_it_goes_its_share_of_the_way_by_system_message_or_document() -> None:
    own = np.array(PROFILES["study1"].theta)
    half = own / 2 + [0, 0.5, 0, 0]
    subject = swayed()
    by_system = subject.hearing("You serve the staff.").preference("A problem.")
    by_document = subject.preference(f"{DOCUMENT}A problem.")
    np.testing.assert_allclose(by_system.theta, half)
    np.testing.assert_allclose(by_document.theta, half)
    np.testing.assert_allclose(subject.preference("Option A: employees gain $3.").theta, own)
    np.testing.assert_allclose(swayed(share=0).preference(f"{DOCUMENT}A problem.").theta, own)


def test_a_share_beyond_the_way_is_refused() -> None:
    with pytest.raises(SubjectError, match="share"):
        create("swayed", {"share": 1.5})
