"""Keys and the project's own statements: complete, balanced, and the same in both files."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from importlib.resources import files

import numpy as np
import pytest

from fiduciary.economics.psychometrics.instruments import (
    DOMAIN_NAMES,
    INSTRUMENTS,
    checksum,
    facets,
    key,
    norms,
    own,
    with_statements,
)

VECTORS = {
    5: {"H": 2.5, "E": 3.25, "X": 3.25, "A": 3.0, "C": 3.0, "O": 3.0, "Altruism": 3.0},
    1: {"H": 3.5, "E": 2.75, "X": 2.75, "A": 3.0, "C": 3.0, "O": 3.0, "Altruism": 3.0},
}
"""Domain scores of somebody who answers all 5, all 1, with the published key."""

OWN_SHA256 = {
    "hexaco100": "820d14771ffd937a9f36990e399aed58b1e9a920bf46aa938640e91c9b93e017",
    "dark_tetrad": "b0e9fa19602a5373bc5ae64320a54eab5ce64ad7adfe33708048fa1df967cd3f",
}
"""Checksums of the own forms. Changed statements are a new instrument: raise N of the tasks' versions."""


@pytest.mark.parametrize("answer", [5, 1])
def test_constant_answers_give_the_published_vectors(answer: int) -> None:
    scores: dict[str, list[int]] = {}
    for slot in key("hexaco100"):
        scores.setdefault(slot.domain, []).append(6 - answer if slot.reversed else answer)
    assert {domain: np.mean(keyed) for domain, keyed in scores.items()} == VECTORS[answer]


@pytest.mark.parametrize(("name", "n", "per_facet"), [("hexaco100", 100, 4), ("dark_tetrad", 28, 7)])
def test_every_number_is_one_slot(name: str, n: int, per_facet: int) -> None:
    assert [slot.number for slot in key(name)] == list(range(1, n + 1))
    assert set(Counter(slot.facet for slot in key(name)).values()) == {per_facet}


def test_hexaco_has_six_domains_of_four_facets_and_altruism_apart() -> None:
    counts = Counter(facets("hexaco100").values())
    assert counts == {**dict.fromkeys(DOMAIN_NAMES, 4), "Altruism": 1}
    # Reversed and other items in every facet, or agreeing with everything could not be told apart.
    for facet in facets("hexaco100"):
        directions = [slot.reversed for slot in key("hexaco100") if slot.facet == facet]
        assert set(directions) == {True, False}


def test_dark_tetrad_is_scale_by_scale_with_nothing_reversed() -> None:
    assert [slot.facet for slot in key("dark_tetrad")][::7] == [
        "Machiavellianism",
        "Narcissism",
        "Psychopathy",
        "Sadism",
    ]
    assert not any(slot.reversed for slot in key("dark_tetrad"))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_the_statements_file_says_what_the_key_says(name: str) -> None:
    text = files("fiduciary.economics.psychometrics.data").joinpath(f"{name}_items.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    said = [(int(row["number"]), row["facet"], {"+": False, "-": True}[row["direction"]]) for row in rows]
    assert said == [(slot.number, slot.facet, slot.reversed) for slot in key(name)]


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_own_statements_are_different_short_sentences(name: str) -> None:
    statements = [item.statement for item in own(name).items]
    assert len(set(statements)) == len(key(name))
    for statement in statements:
        assert statement[0].isupper() and statement.endswith(".") and statement == statement.strip()
        assert 4 <= len(statement.split()) <= 22
        words = set(statement.lower().replace(",", " ").replace(".", " ").split())
        assert words & {"i", "my", "me"}, f"not about oneself: {statement}"


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_own_forms_are_those_of_the_recorded_checksums(name: str) -> None:
    assert own(name).form == "own"
    assert own(name).sha256 == OWN_SHA256[name]


def test_the_checksum_is_of_numbered_lines() -> None:
    assert checksum(["One.", "Two."]) == hashlib.sha256(b"1\tOne.\n2\tTwo.").hexdigest()


def test_norms_cover_facets_and_domains_of_the_hexaco_only() -> None:
    found = norms("hexaco100")
    assert set(found) == set(facets("hexaco100")) | set(DOMAIN_NAMES)
    assert (found["Sincerity"].alpha, found["Sincerity"].mean, found["Sincerity"].sd) == (0.65, 3.2, 0.78)
    assert found["Altruism"].alpha is None
    # A domain's mean is that of its facets.
    for domain in DOMAIN_NAMES:
        inside = [found[facet].mean for facet, of in facets("hexaco100").items() if of == domain]
        assert found[domain].mean == pytest.approx(np.mean(inside), abs=0.02)
    assert norms("dark_tetrad") == {}


def test_statements_must_fill_the_key() -> None:
    with pytest.raises(ValueError, match="dark_tetrad has 28 statements, got 27"):
        with_statements("dark_tetrad", ["I do."] * 27)
    with pytest.raises(ValueError, match="statement 3 is empty"):
        with_statements("dark_tetrad", ["I do.", "I do.", " ", *["I do."] * 25])
    with pytest.raises(ValueError, match="instrument must be one of hexaco100, dark_tetrad, got 'mmpi'"):
        own("mmpi")
