"""The comparison as Markdown, JSON and picture, and in the adapters' own cards."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from fiduciary.comparison.choices import compare_models
from fiduciary.comparison.paired import Change
from fiduciary.economics.principals import Principal
from fiduciary.scorers.rendering import as_text
from fiduciary.training.adapter_card import MEASURED
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.cards import fill
from fiduciary.training.rebench.record import as_json, plain
from fiduciary.training.rebench.report import markdown, report, write
from tests.comparison.simulated import answers
from tests.training.rebench.simulated import outcome, write_adapter

N = 120
TASK = "stakeholder_choice n=120"


@pytest.fixture(scope="module")
def comparisons():
    """A base, an adapter without noise (separated choices) and a model that answered twice."""
    few = answers("study1", N, draws=2)
    few = replace(few, chosen=np.where(np.arange(N) < 2, few.chosen, -1))
    tables = {"base": answers("study1", N), "adapter": answers("nonprofit", N, best=True), "again": few}
    text = compare_models(TASK, tables, {"adapter": Principal.named("nonprofit")})
    who = {"base": "study1", "adapter": "for_profit", "again": "study1"}
    shares = {name: answers(preference, N, elicitation="choose") for name, preference in who.items()}
    return text, compare_models(TASK, shares, {"adapter": Principal.named("for_profit")})


@pytest.fixture
def found(comparisons, tmp_path):
    facts = {"method": "DPO", "measured": {}}
    write_adapter(tmp_path / "adapter", "some/base", facts=facts)
    (tmp_path / "out").mkdir()
    nan = float("nan")
    shifts = {
        TASK: {"adapter": (Change("chosen|option", 0.5, 0.75, 0.25, 0.1, 0.012, adjusted=0.024),)},
        "game": {name: (Change("x", 0.0, 1.0, 1.0, nan, nan),) for name in ("adapter", "again")},
    }
    return outcome(tmp_path, comparisons, shifts)


def no_constant(name):
    raise AssertionError(f"{name} is not JSON")


def test_markdown_says_it_all(found):
    text = markdown(found)
    assert "## Re-benchmark of  base, adapter, again" in text and "Answers from a server" in text
    assert "adapter 0.50." in text  # the canary
    assert "### stakeholder\\_choice n=120, asked by text: " in text
    assert "### stakeholder\\_choice n=120, asked by choose: " in text
    assert "target of adapter" in text
    assert "again: not measured: " in text
    assert "0.983" in text  # missing
    assert "chosen\\|option" in text and "0.250 (0.100)" in text
    assert "undefined" in text  # ρ of a target that values one stakeholder only
    assert "nan" not in text


def test_the_terminal_gets_text_and_no_markup(found):
    text = as_text([report(found)])
    assert "chosen|option" in text and "&lt;" not in text and "\\" not in text


def test_every_row_of_every_table_has_as_many_cells_as_its_head(found):
    tables = [block.splitlines() for block in markdown(found).split("\n\n") if block.startswith("|")]
    assert len(tables) == 11  # preferences, identified and two changed, twice; and three of scores
    for lines in tables:
        assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_json_holds_every_number_and_no_nan(found):
    text = json.dumps(as_json(found, found.plan.out), allow_nan=False)
    read = json.loads(text, parse_constant=no_constant)
    [words, shares] = read["comparisons"]
    assert (words["task"], words["elicitation"], shares["elicitation"]) == (TASK, "text", "choose")
    assert words["estimates"]["base"]["n"] == N
    assert words["estimates"]["again"]["why"] and words["estimates"]["again"]["missing"] == N - 2
    assert words["estimates"]["adapter"]["identified_set"]["theta"].keys() >= {"theta_SH"}
    adapter = words["adapters"]["adapter"]
    assert adapter["target"] == {"name": "nonprofit", "theta": [0, 0.4, 0.4, 0.2], "rho": 0.25}
    assert adapter["h2"]["p"] > 0.99 and adapter["best"]["adapter"] == 1
    best = adapter["identified_at_best"]["theta"].values()  # the target is one that chooses as it does
    target = (0, 0.4, 0.4, 0.2)
    assert all(low <= weight <= high for (low, high), weight in zip(best, target, strict=True))
    assert "target" not in words["adapters"]["again"]
    assert read["shifts"]["game"][0]["se"] is None
    assert read["logs"] == {TASK: {"base": "logs/01/base.eval"}}  # from where the file lies
    assert read["plan"]["contenders"]["adapter"] == "digest"
    assert read["canary"] == [{"name": "adapter", "difference": 0.5, "noise": 0.0}]


def test_plain_numbers():
    given = {"a": np.float64("nan"), 1: [np.inf, (2.5, None)], "b": True, "c": "words"}
    assert plain(given) == {"a": None, "1": [None, [2.5, None]], "b": True, "c": "words"}


def test_three_files_are_written_and_nothing_else(found, tmp_path):
    write(found, tmp_path / "out")
    names = ["comparison.json", "comparison.md", "comparison.png"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    picture = (tmp_path / "out" / "comparison.png").read_bytes()
    assert picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) > 10_000
    assert (tmp_path / "out" / "comparison.md").read_text("utf-8").startswith("## Re-benchmark")
    json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"), parse_constant=no_constant)


def test_without_choices_there_is_no_picture(found, tmp_path):
    write(replace(found, comparisons=()), tmp_path / "out")
    assert not (tmp_path / "out" / "comparison.png").exists()
    assert "H1:" not in (tmp_path / "out" / "comparison.md").read_text("utf-8")


def test_a_card_is_filled_between_its_marks_and_filling_again_changes_nothing(found, tmp_path):
    folder = tmp_path / "adapter"
    fill(found, found.plan.contenders[1])
    card, facts = (folder / "README.md").read_text("utf-8"), (folder / "training.json").read_text("utf-8")
    before, _, rest = card.partition(MEASURED[0])
    section, _, after = rest.partition(MEASURED[1])
    assert before == "# A card\n\n## Measured\n\n" and after == "\n\nEnd.\n"
    assert "H2: the preference is the target" in section
    assert "| again" not in section and "**again**" not in section
    fill(found, found.plan.contenders[1])
    assert (folder / "README.md").read_text("utf-8") == card
    assert (folder / "training.json").read_text("utf-8") == facts
    read = json.loads(facts, parse_constant=no_constant)
    assert read["method"] == "DPO"
    assert read["measured"]["engine"] == "a server"
    [words, _] = read["measured"]["comparisons"]
    assert list(words["estimates"]) == ["base", "adapter"] and list(words["adapters"]) == ["adapter"]
    assert {s["name"] for of in read["measured"]["shifts"].values() for s in of} == {"adapter"}
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "adapter_config.json",
        "adapter_model.safetensors",
        "training.json",
    ]


@pytest.mark.parametrize("gone", ["README.md", "training.json", None])
def test_an_adapter_without_a_card_of_this_project_is_left_alone(gone, found, tmp_path):
    folder = tmp_path / "adapter"
    if gone is None:
        (folder / "README.md").write_text(f"{MEASURED[0]} and no end")
    else:
        (folder / gone).unlink()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(TrainingError, match="has no card made by this project"):
        fill(found, found.plan.contenders[1])
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
