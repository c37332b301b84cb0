"""An adapter's folder is looked at before weights are loaded, and each refusal says what to do."""

from __future__ import annotations

import hashlib
import json

import pytest

from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.adapter_files import check_adapter, facts, tensor_shapes, weights_digest
from tests.training.rebench.simulated import PROJECTION, safetensors, write_adapter, write_base


@pytest.fixture
def base(tmp_path):
    return write_base(tmp_path / "base")


def refusal(folder, base) -> str:
    with pytest.raises(TrainingError) as error:
        check_adapter(folder, str(base))
    assert str(folder) in str(error.value)
    return str(error.value)


def test_shapes_come_from_the_header(tmp_path):
    path = tmp_path / "x.safetensors"
    shapes = {"a": (2, 3), "b": (5,), "c": ()}
    for metadata in (True, False):
        safetensors(path, shapes, metadata)
        assert tensor_shapes(path) == shapes


def test_shapes_are_what_the_library_writes(tmp_path):
    numpy = pytest.importorskip("safetensors.numpy")
    import numpy as np

    path = tmp_path / "x.safetensors"
    numpy.save_file({"a": np.zeros((2, 3), np.float16), "b": np.zeros(4)}, path, {"format": "pt"})
    assert tensor_shapes(path) == {"a": (2, 3), "b": (4,)}


@pytest.mark.parametrize(
    "content",
    [b"", b"1234567", b"12345678", b"\x02" + bytes(7) + b"[]", b"\x08" + bytes(7) + b'{"a": 1}'],
    ids=["empty", "short", "header longer than file", "no object", "no tensor"],
)
def test_what_is_no_safetensors_file_is_an_error(content, tmp_path):
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.safetensors is not a (whole )?safetensors file"):
        tensor_shapes(path)


def test_an_adapter_of_the_base_gives_its_configuration(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), rank=4)
    assert check_adapter(folder, str(base))["r"] == 4
    assert facts(folder) == {}


def test_no_folder_no_adapter(base, tmp_path):
    assert "there is no adapter folder" in refusal(tmp_path / "nowhere", base)
    (tmp_path / "empty").mkdir()
    assert "holds no adapter (no adapter_config.json)" in refusal(tmp_path / "empty", base)


def test_pickled_weights_are_not_read(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base))
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    message = refusal(folder, base)
    assert "has no adapter_model.safetensors" in message and "safe_serialization=True" in message


def test_only_lora(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), peft_type="IA3")
    assert "is a IA3 adapter; only LORA" in refusal(folder, base)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("adapter_config.json", b"{"),
        ("adapter_config.json", b"[1, 2]"),
        ("adapter_model.safetensors", b"not weights at all"),
        ("training.json", b'{"base"'),
    ],
)
def test_a_damaged_file_says_so(name, content, base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), facts={})
    (folder / name).write_bytes(content)
    message = refusal(folder, base)
    assert "is damaged" in message and "Copy or train it again" in message


def test_weights_that_were_copied_by_half_are_damaged(base, tmp_path):
    """The header is whole, the data are not: a server would say so after minutes, in its log."""
    folder = write_adapter(tmp_path / "adapter", str(base))
    path = folder / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:-40])
    assert "is damaged: adapter_model.safetensors is not a whole" in refusal(folder, base)


def test_a_base_with_other_weights(base, tmp_path):
    noted = {"base": {"name": "the/original", "digest": weights_digest(base)}}
    folder = write_adapter(tmp_path / "adapter", "x", facts=noted)
    check_adapter(folder, str(base))
    path = base / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    message = refusal(folder, base)
    assert "other weights" in message and "it was the/original" in message


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"hidden": 16}, f"{PROJECTION}.lora_A.weight is (4, 16)"),
        ({"out": 7}, f"{PROJECTION}.lora_B.weight is (7, 4)"),
    ],
)
def test_a_base_of_another_shape(change, named, base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", "the/original", **change)
    message = refusal(folder, base)
    assert named in message and "has (6, 8) there" in message and "trained on the/original" in message


def test_a_base_without_the_module(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", "the/original", module="transformer.h.0.c_attn")
    message = refusal(folder, base)
    assert "none of the modules" in message and "the/original" in message


def test_weights_may_lie_in_several_files(base, tmp_path):
    other = "model.layers.1.self_attn.q_proj"
    safetensors(base / "model-2.safetensors", {f"{other}.weight": (6, 8)})
    check_adapter(write_adapter(tmp_path / "adapter", "x", module=other), str(base))


def test_a_name_on_the_hub_is_compared_as_a_name(tmp_path):
    folder = write_adapter(tmp_path / "adapter", "organisation/model")
    check_adapter(folder, "organisation/model")
    message = refusal(folder, "organisation/other")
    assert "was trained on organisation/model, not on organisation/other" in message
    noted = write_adapter(tmp_path / "noted", "/a/cache/path", facts={"base": {"name": "organisation/model"}})
    check_adapter(noted, "organisation/model")


def test_digests_are_equal_for_equal_weights_only(base, tmp_path):
    digest = weights_digest(base)
    copied = write_base(tmp_path / "copy")
    (copied / "README.md").write_text("no weights")
    assert weights_digest(copied) == digest
    safetensors(copied / "model-2.safetensors", {"a": (1,)})
    assert weights_digest(copied) != digest
    inner = hashlib.sha256((base / "model.safetensors").read_bytes()).digest()
    assert digest == hashlib.sha256(inner).hexdigest()


def test_what_the_training_noted(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), facts={"target": {"name": "nonprofit"}})
    assert facts(folder) == {"target": {"name": "nonprofit"}}
    assert json.loads((folder / "training.json").read_text()) == facts(folder)
