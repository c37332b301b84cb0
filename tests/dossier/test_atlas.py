"""The table behind a dossier: extended by a file, checked as a whole, drawn as a map."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.atlas import COLUMNS, PLACES, read_atlas
from fiduciary.dossier.case import Case
from fiduciary.dossier.chart import chart, state
from fiduciary.dossier.claims import Dossier
from fiduciary.errors import UsageError

OWN = """key,phase,problem,mechanism,evidence,heading,finding,verdict,source
deployment.contract,Deploying and monitoring,hidden intentions,contract,clauses,What the provider promises,\
No clause lets us audit.,problem,contract.txt
selection.signalling,,,,,,The maker answered our questions.,in order,
data.audit,Acquiring and preparing data,hidden characteristics,audit,a letter,What an auditor says,,,
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "contract.txt").write_text("Clause 1.")
    file = tmp_path / "own.csv"
    file.write_text(OWN)
    return file


def test_the_sources_table_is_the_default() -> None:
    assert read_atlas().places == PLACES and not read_atlas().own


def test_problems_and_evidence_of_ones_own(own: Path, cases: dict[str, Case]) -> None:
    atlas = read_atlas(str(own))
    assert set(atlas.places) == {*PLACES, "deployment.contract", "data.audit"}
    assert atlas.phases == read_atlas().phases
    case = cases["nonprofit"]
    said = assemble(replace(case, given=replace(case.given, atlas=atlas)))
    found = said.claim("deployment.contract.own1")
    assert (found.statement, found.verdict, found.rule) == ("No clause lets us audit.", "bad", "own")
    (source,) = [s for s in said.sources if s.id in found.sources]
    assert source.sha256 == hashlib.sha256(b"Clause 1.").hexdigest()
    assert said.claim("selection.signalling.own2").verdict == "good"
    assert "data.audit.own" in {gap.id for gap in said.gaps}
    assert any(found.id in point.claims for point in said.decision.conditions)
    drawn = chart(said)
    assert "What the provider promises: problem found, 1 finding, 1 problem" in drawn
    assert "What an auditor says: no evidence, 0 findings, 1 gap" in drawn


def test_the_map_has_a_word_beside_every_colour(dossiers: dict[str, Dossier]) -> None:
    said = dossiers["nonprofit"]
    drawn = chart(said)
    for place in said.atlas.places.values():
        assert place.heading[:12] in drawn
    words = {"problem": "problem found", "unclear": "not settled", "good": "in order", "none": "no evidence"}
    for place in said.atlas.places.values():
        word = words.get(state(*said.at(place)), "stated")
        assert f"{place.heading}: {word}" in drawn and f">{word}</text>" in drawn
    assert drawn.count("<rect") == len(said.atlas.places)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("key,remedy\n", "has the columns remedy; known are key, phase, problem, mechanism"),
        ("phase\n", "has no column key"),
        ("key\nx\n", "row 1: key is 'x'; phase.mechanism in small letters"),
        ("key,phase\nnew.one,Selecting a model\n", "problem is empty, and new.one is a new problem"),
        ("key,phase,problem,mechanism,heading\nnew.one,Lunch,p,m,h\n", "phase is 'Lunch'; one of Defining"),
        ("key,problem,finding,verdict\ndata.screening,other,f,problem\n", "problem is 'other', but 'hidden"),
        ("key\ndata.screening\n", "data.screening is there already, and the row has no finding"),
        (
            "key,finding,verdict\ndata.screening,f,bad\n",
            "verdict is 'bad'; one of in order, problem, unclear",
        ),
        ("key,finding,verdict,source\ndata.screening,f,problem,no.pdf\n", "source no.pdf is no file"),
        ("key,finding,verdict\ndata.screening,f,problem,1\n", "more cells than the first line"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "own.csv"
    file.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_atlas(str(file))
    assert said in str(caught.value) and str(file) in str(caught.value)


def test_all_rows_are_checked_at_once(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text(f"{','.join(COLUMNS)}\nx{',' * 9}\ndata.screening{',' * 9}\n")
    with pytest.raises(UsageError, match=r"row 1: .*; row 2: "):
        read_atlas(str(file))
