"""A card claims; files beside it can prove it wrong."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest
from pyarrow import parquet

from fiduciary.cards import grade, read
from tests.cards.conftest import FULL, status

APACHE = (
    "                Apache License\n           Version 2.0, January 2004\n http://www.apache.org/licenses/\n"
)


def wrong(result):
    return {claim.what for claim in result.contradicted}


@pytest.mark.parametrize(
    ("old", "new", "what", "item"),
    [
        ("base_model: acme/quill-1b", "base_model: other/pen-7b", "base model", "provenance.base"),
        ("LoRA rank 8", "LoRA rank 64", "LoRA rank", "procedure.adapter"),
        ("alpha 16", "alpha 128", "LoRA alpha", "procedure.adapter"),
        ("`{digest}`", f"`{'0' * 64}`", "SHA-256 of adapter_model.safetensors", "environment.integrity"),
        (
            "Version 1.2,",
            "It has 1,000 trainable parameters. Version 1.2,",
            "number of parameters",
            "identity.type",
        ),
    ],
)
def test_a_false_claim_is_a_contradiction_and_counts_nothing(adapter, old, new, what, item):
    assert old in FULL
    result = grade(read(adapter(FULL.replace(old, new))))
    assert wrong(result) == {what}
    assert status(result, item) == "contradicted"
    assert result.points == result.of - 1
    group = next(g for g in result.groups if g.group == item.partition(".")[0])
    assert group.verdict == "contradicted"


def test_true_claims_hold(adapter):
    text = FULL.replace("Version 1.2,", "It has 64 trainable parameters. Version 1.2,")
    result = grade(
        read(adapter(text, LICENSE="MIT License\n\nPermission is hereby granted, free of charge, to"))
    )
    assert not result.contradicted
    assert {"licence", "number of parameters"} <= {claim.what for claim in result.claims}


def test_another_licence_beside_the_card(adapter):
    assert wrong(grade(read(adapter(LICENSE=APACHE)))) == {"licence"}


def test_a_local_copy_of_the_base_is_the_same_base(adapter):
    config = json.dumps({"r": 8, "lora_alpha": 16, "base_model_name_or_path": "models/quill-1b"})
    assert not grade(read(adapter(adapter_config__json=config))).contradicted


@pytest.fixture
def data(tmp_path):
    """Write a data set of 30 rows with a card."""

    def write(front: str, lead: str = "30 pairs of letters."):
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        table = pa.table({"prompt": ["p"] * 30, "chosen": ["c"] * 30, "rejected": ["r"] * 30})
        parquet.write_table(table, folder / "train.parquet")
        (folder / "README.md").write_text(f"---\n{front}\n---\n# Letters\n\n{lead}\n")
        return grade(read(folder / "README.md"))

    return write


@pytest.mark.parametrize(
    ("front", "lead", "expected"),
    [
        ("size_categories: [n<1K]", "30 preference pairs of letters.", set()),
        ("size_categories: [10K<n<100K]", "30 pairs of letters.", {"size category"}),
        ("size_categories: [n<1K]", "30,000 preference pairs of letters.", {"number of rows"}),
        ("dataset_info: {splits: [{name: train, num_examples: 31}]}", "Letters.", {"number of rows"}),
        ("dataset_info: {features: [{name: prompt}, {name: score}]}", "Letters.", {"columns"}),
        ("configs: [{config_name: a, data_files: [{split: train, path: train.parquet}]}]", "Letters.", set()),
        (
            "configs: [{config_name: a, data_files: [{split: train, path: gone.parquet}]}]",
            "Letters.",
            {"data file"},
        ),
        ("configs: [{config_name: a, data_files: ../../secret.parquet}]", "Letters.", set()),
    ],
)
def test_rows_columns_and_files(data, front, lead, expected):
    result = data(front, lead)
    assert result.card.kind == "data"
    assert wrong(result) == expected


def test_damaged_files_beside_are_named_and_left_out(adapter):
    path = adapter(adapter_config__json="{", config__json="[1]", data__parquet=b"PAR1 and no more")
    result = grade(read(path))
    assert sum("cannot be read" in trouble for trouble in result.card.troubles) == 3
    assert not result.contradicted


def test_a_file_that_is_no_safetensors_is_named(adapter):
    path = adapter()
    (path.parent / "adapter_model.safetensors").write_bytes(b"\xff" * 40)
    assert any("adapter_model.safetensors cannot be read" in t for t in read(path).troubles)
