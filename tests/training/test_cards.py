"""The cards that this project writes state what the checklist asks, and their metadata are the Hub's."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from jinja2 import Template, UndefinedError

from fiduciary.cards import grade, read
from fiduciary.cards.values import VALID
from fiduciary.training import card_parts
from fiduciary.training.adapter_card import MEASURED, card
from fiduciary.training.errors import TrainingError
from fiduciary.training.evaluation_metadata import model_index
from fiduciary.training.tiny_manager.__main__ import main as tiny_manager
from fiduciary.training.tiny_manager.cards import write_cards

SHIPPED = Path(__file__).parents[2] / "subjects" / "tiny_manager"
ADAPTERS = ("for_profit", "symmetric", "nonprofit")


def facts(name: str = "nonprofit") -> dict:
    return json.loads((SHIPPED / name / "training.json").read_text("utf-8"))


def test_shipped_cards_are_what_the_command_writes(tmp_path, capsys):
    folder = tmp_path / "tiny_manager"
    shutil.copytree(SHIPPED, folder)
    assert tiny_manager(["cards", str(folder)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    for name in ("base", *ADAPTERS):
        for file in ("README.md", "training.json"):
            assert (folder / name / file).read_bytes() == (SHIPPED / name / file).read_bytes(), (name, file)


def test_a_missing_file_is_named(tmp_path, capsys):
    with pytest.raises(TrainingError, match=r"training\.json is missing"):
        write_cards(tmp_path)
    assert tiny_manager(["cards", str(tmp_path)]) == 2
    assert "is missing" in capsys.readouterr().err


@pytest.mark.parametrize("name", ADAPTERS)
def test_results_in_metadata_are_those_of_the_table(name):
    head, body = card_parts.split((SHIPPED / name / "README.md").read_text("utf-8"))
    index = head["model-index"]
    assert VALID["model-index"](index, head) is None
    noted = facts(name)["measured"]["comparisons"]
    [model] = index
    assert len(model["results"]) == len(noted) == 4
    for result, comparison in zip(model["results"], noted, strict=True):
        metrics = {metric["type"]: metric["value"] for metric in result["metrics"]}
        own = comparison["estimates"][name]
        assert metrics["theta_SH"] == round(own["estimates"]["theta_SH"], 4)
        assert metrics["theta_SH_low"] <= metrics["theta_SH"] <= metrics["theta_SH_high"]
        assert f"{comparison['task']}, by {comparison['elicitation']}" == result["dataset"]["name"]
        assert f"{own['estimates']['theta_SH']:.3f}" in body
    assert 0 <= metrics["missing_share"] < 0.05


def test_nothing_measured_is_no_result():
    assert model_index(facts() | {"measured": {}}) == []
    head, _ = card_parts.split(card(facts() | {"measured": {}}))
    assert "model-index" not in head


def test_what_is_not_identified_is_no_result():
    """The weights may take all of one group: ρ then means nothing, its value is where a search stopped."""
    estimates = {"theta_SH": 1.0, "rho": 0.31}
    own = {
        "estimates": estimates,
        "intervals": {"rho": [-20.0, 1.0, "boundary"]},
        "statuses": {"theta_SH": "boundary", "rho": "not identified"},
    }
    comparison = {"task": "t", "elicitation": "text", "estimates": {"a": own}, "adapters": {"a": {}}}
    noted = {"method": "dpo", "target": {"name": "x"}, "measured": {"comparisons": [comparison]}}
    [result] = model_index(noted)[0]["results"]
    values = {metric["type"]: metric["value"] for metric in result["metrics"]}
    assert values == {"theta_SH": 1.0, "rho_low": -20.0, "rho_high": 1.0}


def test_a_base_of_the_hub_is_named_and_its_licence_taken_over():
    noted = facts()
    noted["base"] = {"name": "meta-llama/Llama-3.1-8B-Instruct", "revision": "0e9e39f"}
    head, body = card_parts.split(card(noted))
    assert head["base_model"] == noted["base"]["name"] and head["base_model_relation"] == "adapter"
    assert VALID["licence"](head["license"], head) is None
    assert head["license_link"] == "https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct"
    assert "0e9e39f" in body and body.count(MEASURED[0]) == 1


@pytest.mark.parametrize(
    ("maker", "said"),
    [
        ("Ada Example, ada@example.org", "Ada Example, ada@example.org, with"),
        (None, "whoever ran the command"),
    ],
)
def test_the_maker_is_who_was_named(maker, said):
    text = card({k: v for k, v in facts().items() if k != "maker"} | ({"maker": maker} if maker else {}))
    assert f"**Made by:** {said}" in text
    assert ("About this copy: Ada" in text) == (maker is not None)


def test_names_of_ones_own_do_not_break_the_metadata():
    target = {"name": "theta=0.5,0.5,0,0 rho=0.5: 'x' #{y}", "theta": [0.5, 0.5, 0, 0], "rho": 0.5}
    head, body = card_parts.split(card(facts() | {"target": target}))
    assert head["model-index"][0]["name"].endswith(target["name"]) and target["name"] in body
    assert "--theta 0.5,0.5,0,0 --rho=0.5" in body


@pytest.mark.parametrize("missing", ["seed", "pairs", "trainable"])
def test_a_missing_fact_is_an_error_and_no_empty_place(missing):
    with pytest.raises(UndefinedError, match=missing):
        card({name: value for name, value in facts().items() if name != missing})


def test_front_matter_comes_back():
    values = {"a": ["x: y", "no", "'q'"], "b": {"c": [{"d": 1.5, "e": "ü # –"}]}}
    text = card_parts.front(values) + "\n# Title\n"
    assert card_parts.split(text) == (values, "\n# Title\n")
    assert card_parts.split("# Title\n") == ({}, "# Title\n")
    assert yaml.safe_load(text[4:].partition("\n---\n")[0]) == values


@pytest.mark.parametrize(("rows", "size"), [(999, "n<1K"), (1000, "1K<n<10K"), (10_000, "10K<n<100K")])
def test_sizes_are_the_hubs(rows, size):
    assert card_parts.size_category(rows) == size
    assert VALID["size"](card_parts.size_category(rows * 1000), {}) is None


DESIGNS = (
    ["pairs", "--principal", "nonprofit", "--evaluation-n", "50"],
    [
        "pairs",
        "--theta",
        ".5,.5,0,0",
        "--rho",
        ".5",
        "--draw",
        "gap",
        "--wording",
        "all",
        "--evaluation-n",
        "50",
    ],
    [
        "pairs",
        "--principal",
        "for_profit",
        "--wording",
        "compact",
        "--voice",
        "terse",
        "--elicitation",
        "all",
    ],
    ["games", "--agent", "homo_moralis"],
)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_new_data_set_has_full_marks(tmp_path, design):
    pytest.importorskip("datasets")
    from fiduciary.training.command import train as main

    assert main([*design, "--pairs", "30", "--out", str(tmp_path / "data")]) == 0
    graded = grade(read(tmp_path / "data" / "README.md"))
    assert [(one.item.id, one.lacking) for one in graded.missing] == []
    assert graded.card.kind == "data" and not graded.contradicted and not graded.card.troubles
    assert {"size category", "number of rows", "data file", "SHA-256 of train.parquet"} <= {
        claim.what for claim in graded.claims
    }


def test_the_hubs_own_library_reads_the_results():
    hub = pytest.importorskip("huggingface_hub")
    for name in ("base", *ADAPTERS):
        loaded = hub.ModelCard.load(SHIPPED / name / "README.md")
        assert loaded.data.license == "apache-2.0"
        assert len(loaded.data.eval_results) > 30
        assert {result.task_type for result in loaded.data.eval_results} == {"text-generation"}


@pytest.mark.parametrize("kind", ["model", "data"])
def test_an_unfilled_template_of_the_hub_states_nothing(tmp_path, kind):
    hub = pytest.importorskip("huggingface_hub")
    template = hub.ModelCard if kind == "model" else hub.DatasetCard
    data = hub.ModelCardData() if kind == "model" else hub.DatasetCardData()
    (tmp_path / "README.md").write_text(str(template.from_template(data)))
    graded = grade(read(tmp_path / "README.md", kind))
    assert [one.item.id for one in graded.items if one.found] == []


def test_a_template_of_trl_states_little(tmp_path):
    trl = pytest.importorskip("trl")
    template = Path(trl.__file__).parent / "templates" / "lm_model_card.md"
    versions = {
        f"{name}_version": "1.0" for name in ("trl", "transformers", "pytorch", "datasets", "tokenizers")
    }
    text = Template(template.read_text("utf-8")).render(
        card_data="base_model: acme/quill",
        model_name="quill-dpo",
        base_model="acme/quill",
        trainer_name="DPO",
        **versions,
    )
    (tmp_path / "README.md").write_text(text)
    graded = grade(read(tmp_path / "README.md", "model"))
    stated = {one.item.id for one in graded.items if one.status == "stated"}
    assert {"intended_use.load", "procedure.method", "environment.software"} <= stated
    assert not stated & {
        "limits.limitations",
        "limits.risks",
        "evaluation.results",
        "contact.address",
        "licence.identifier",
    }
    assert graded.score < 0.35
