"""An adapter's folder is looked at before weights are loaded, and each refusal says what to do."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from fiduciary.adapter_base import weights_digest
from fiduciary.adapter_files import FACTS, noted_facts
from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.adapter_files import check_adapter
from tests.serving.tiny_adapter import write_safetensors
from tests.training.rebench.conftest import SHIPPED
from tests.training.rebench.simulated import PROJECTION, safetensors, write_adapter, write_base


@pytest.fixture
def base(tmp_path):
    return write_base(tmp_path / "base")


def refusal(folder, base) -> str:
    with pytest.raises(TrainingError) as error:
        check_adapter(folder, str(base))
    assert str(folder) in str(error.value)
    return str(error.value)


def test_an_adapter_of_the_base_gives_its_configuration(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), rank=4)
    assert check_adapter(folder, str(base)).rank == 4
    assert noted_facts(folder / FACTS) == {}


def test_no_folder_no_adapter(base, tmp_path):
    assert "there is no adapter folder" in refusal(tmp_path / "nowhere", base)
    (tmp_path / "empty").mkdir()
    assert "holds no adapter (no adapter_config.json)" in refusal(tmp_path / "empty", base)


def test_pickled_weights_are_not_read(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base))
    (folder / "adapter_model.safetensors").rename(folder / "adapter_model.bin")
    message = refusal(folder, base)
    assert "has no adapter_model.safetensors" in message and "safe_serialization=True" in message


@pytest.mark.parametrize("name", ["x" * 100_000, "a\x1b[2Jb\u202ec\nd"])
def test_what_others_called_something_is_short_and_harmless_in_the_line(name, base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", name, peft_type=name)
    message = refusal(folder, base)
    assert len(message) < 600 + len(str(folder))
    assert not any(char in message for char in "\x1b\u202e\n")
    folder = weights_of(write_adapter(tmp_path / "tensors", str(base)), lora(PROJECTION) | {name: BIAS})
    message = refusal(folder, base)
    assert len(message) < 600 + len(str(folder))
    assert not any(char in message for char in "\x1b\u202e\n")


def test_only_lora(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), peft_type="IA3")
    assert "is a IA3 adapter; only LORA" in refusal(folder, base)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("adapter_config.json", b"{"),
        ("adapter_config.json", b"[1, 2]"),
        ("adapter_model.safetensors", b"not weights at all"),
        ("adapter_config.json", b"[" * 100_000),
        ("training.json", b'{"base"'),
        ("training.json", b'{"a":' * 100_000),
        ("training.json", b"[]"),
        ("training.json", b'{"base": "a name"}'),
        ("training.json", b'{"base": {"digest": 5}}'),
        ("training.json", b'{"strength": "twice"}'),
        ("training.json", b'{"strength": true}'),
        ("training.json", b'{"measured": []}'),
        ("training.json", b'{"target": {"name": "nonprofit"}}'),
        ("training.json", b'{"target": {"theta": "all", "rho": 1}}'),
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
    assert "1 of 1 (transformer.h.0.c_attn) of the modules" in message and "the/original" in message


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
    assert noted_facts(folder / FACTS) == {"target": {"name": "nonprofit"}}
    assert json.loads((folder / "training.json").read_text()) == noted_facts(folder / FACTS)


def weights_of(folder, tensors):
    """Write these tensors in place of an adapter's."""
    write_safetensors(folder / "adapter_model.safetensors", tensors)
    return folder


def lora(module, rank=4, inputs=8, outputs=6):
    return {
        f"base_model.model.{module}.lora_A.weight": np.zeros((rank, inputs), np.float32),
        f"base_model.model.{module}.lora_B.weight": np.zeros((outputs, rank), np.float32),
    }


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_that_are_not_finite_are_refused(value, base, tmp_path):
    tensors = lora(PROJECTION)
    tensors[f"base_model.model.{PROJECTION}.lora_B.weight"][2, 3] = value
    folder = weights_of(write_adapter(tmp_path / "adapter", str(base)), tensors)
    message = refusal(folder, base)
    assert f"not finite, in 1 of 2 (base_model.model.{PROJECTION}.lora_B.weight) tensors" in message


@pytest.mark.parametrize("side", ["A", "B"])
def test_a_matrix_without_its_other_half_is_refused(side, base, tmp_path):
    tensors = lora(PROJECTION)
    del tensors[f"base_model.model.{PROJECTION}.lora_{side}.weight"]
    folder = weights_of(write_adapter(tmp_path / "adapter", str(base)), tensors)
    assert f"1 of 1 ({PROJECTION}.lora_{'B' if side == 'A' else 'A'}) modules have one" in refusal(
        folder, base
    )


def test_matrices_that_do_not_fit_each_other_are_refused(base, tmp_path):
    tensors = lora(PROJECTION) | {
        f"base_model.model.{PROJECTION}.lora_B.weight": np.zeros((6, 3), np.float32)
    }
    folder = weights_of(write_adapter(tmp_path / "adapter", str(base)), tensors)
    assert f"do not fit each other in 1 of 1 ({PROJECTION}) modules: (4, 8) and (6, 3)" in refusal(
        folder, base
    )


def test_weights_that_are_no_adapters_are_refused(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base))
    weights_of(folder, {f"{PROJECTION}.weight": np.zeros((6, 8), np.float32)})
    assert "holds no LoRA weights" in refusal(folder, base)
    weights_of(folder, lora(PROJECTION) | {"a": np.zeros(1, np.float32), "b": np.zeros(1, np.float32)})
    assert "2 of 4 (a, …) tensors do not begin with base_model.model." in refusal(folder, base)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"r": 8}, f"another rank than the matrices have in 1 of 1 ({PROJECTION}) modules: 8, not 4"),
        ({"rank_pattern": {"q_proj": 8}}, f"another rank than the matrices have in 1 of 1 ({PROJECTION})"),
        ({"r": 10**9}, "says rank 1,000,000,000 (r), and the widest module has 8"),
        ({"rank_pattern": {"v_proj": 10**9}}, "says rank 1,000,000,000 (v_proj)"),
        ({"r": "many"}, "gives no rank (r is 'many')"),
        ({"r": True}, "gives no rank (r is True)"),
        ({"r": 0}, "gives no rank (r is 0)"),
        ({"r": None}, "gives no rank (r is None)"),
        ({"rank_pattern": [4]}, "gives no rank (rank_pattern is [4])"),
        ({"rank_pattern": {"(": 4}}, "has '(' in rank_pattern"),
        ({"lora_alpha": float("inf")}, "gives no lora_alpha"),
        ({"alpha_pattern": {"q_proj": float("nan")}}, "gives no lora_alpha"),
    ],
)
def test_a_configuration_that_contradicts_the_weights_is_refused(config, message, base, tmp_path):
    assert message in refusal(write_adapter(tmp_path / "adapter", str(base), **config), base)


def test_a_module_may_have_a_rank_of_its_own(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), r=8, rank_pattern={"self_attn.q_proj": 4})
    assert check_adapter(folder, str(base)).rank == 8


def test_a_rank_that_no_module_has_room_for_is_refused(base, tmp_path):
    """Matrices without numbers, or of width 1, take hardly a byte; a model given that rank takes 512 GB."""
    folder = write_adapter(tmp_path / "none", "x", r=10**9)
    header = {
        f"base_model.model.{PROJECTION}.lora_{side}.weight": {
            "dtype": "F32",
            "shape": shape,
            "data_offsets": [0, 0],
        }
        for side, shape in (("A", [10**9, 0]), ("B", [0, 10**9]))
    }
    text = json.dumps(header).encode()
    (folder / "adapter_model.safetensors").write_bytes(len(text).to_bytes(8, "little") + text)
    assert "2 of 2" in (message := refusal(folder, "organisation/model")) and "no numbers" in message
    for stated in (1000, 1):
        thin = write_adapter(tmp_path / str(stated), "x", hidden=1, out=1, rank=1000, r=stated)
        message = refusal(thin, "organisation/model")
        assert "rank 1,000" in message and "the widest module has 1" in message


def test_matrices_of_several_experts_lie_one_behind_another(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base), r=2, target_parameters=["q_proj.weight"])
    check_adapter(folder, str(base))
    for rank, parameters in ((3, ["q_proj.weight"]), (2, None)):
        other = write_adapter(tmp_path / str(rank), str(base), r=rank, target_parameters=parameters)
        assert "another rank" in refusal(other, base)


@pytest.mark.parametrize("name", ["README.md", "adapter_model.safetensors", "more/notes.txt"])
def test_links_that_lead_out_of_the_folder_are_refused(name, base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base))
    secret, link = tmp_path / "secret", folder / name
    link.parent.mkdir(exist_ok=True)
    if link.exists():
        link.rename(secret)
    else:
        secret.write_text("private")
    link.symlink_to(secret)
    message = refusal(folder, base)
    assert f"1 of its files are links that lead out of it (the first is {name})" in message


def test_a_folder_that_leads_elsewhere_is_a_link_too(base, tmp_path):
    folder = write_adapter(tmp_path / "adapter", str(base))
    (folder / "checkpoint").symlink_to(tmp_path, target_is_directory=True)
    assert "the first is checkpoint" in refusal(folder, base)


def test_the_hubs_cache_and_links_within_are_links_like_any_file(base, tmp_path, monkeypatch):
    """The Hub's client lays a snapshot out as links to files by digest, in a folder beside it."""
    stored = tmp_path / "models--some--adapter"
    folder = write_adapter(stored / "snapshots" / "4f2a", str(base))
    (stored / "blobs").mkdir()
    for file in list(folder.iterdir()):
        blob = stored / "blobs" / weights_digest(base)[:8] / file.name
        blob.parent.mkdir(exist_ok=True)
        file.rename(blob)
        file.symlink_to(blob)
    (folder / "copy.json").symlink_to("adapter_config.json")
    check_adapter(folder, str(base))
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    for file in folder.iterdir():
        (chosen / file.name).symlink_to(file.resolve())
    assert "links that lead out" in refusal(chosen, base)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    check_adapter(chosen, str(base))


def test_layers_that_the_base_has_not_are_refused_though_others_fit(base, tmp_path):
    """Half an adapter would be applied."""
    folder = write_adapter(tmp_path / "adapter", "the/original")
    extra = "model.layers.7.self_attn.q_proj"
    weights_of(folder, lora(PROJECTION) | lora(extra))
    assert f"1 of 2 ({extra}) of the modules that it changes are none of" in refusal(folder, base)
    extra = "model.layers.0.self_attn.qkv_proj"  # may be packed in memory; nothing here can tell
    check_adapter(weights_of(folder, lora(PROJECTION) | lora(extra)), str(base))


def test_a_quantised_base_has_no_shapes_to_compare(base, tmp_path):
    packed = {"dtype": "U8", "shape": [24, 1], "data_offsets": [0, 24]}
    header = json.dumps({f"{PROJECTION}.weight": packed}).encode()
    (base / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(24))
    check_adapter(write_adapter(tmp_path / "adapter", str(base)), str(base))


class TestARealArchitecture:
    """The embedded model, whose modules in memory are known where transformers is there."""

    @pytest.fixture
    def tiny(self):
        pytest.importorskip("transformers")
        return SHIPPED

    @pytest.mark.parametrize(
        "module", ["model.layers.0.self_attn.qkv_proj", "model.layers.0.self_attn", "transformer.wte.x"]
    )
    def test_a_module_that_it_has_not_is_refused(self, module, tiny, tmp_path):
        folder = write_adapter(tmp_path / "adapter", "x", hidden=128, out=128)
        weights_of(folder, lora(PROJECTION, 4, 128, 128) | lora(module, 4, 128, 128))
        if module.endswith("self_attn"):
            check_adapter(folder, str(tiny))  # a module, though without weights of its own
        else:
            assert f"1 of 2 ({module}) of the modules" in refusal(folder, tiny)

    @pytest.mark.parametrize("prefix", ["", "language_model.", "model.language_model."])
    def test_other_beginnings_and_a_tied_head_are_accepted(self, prefix, tiny, tmp_path):
        folder = write_adapter(tmp_path / "adapter", "x", hidden=128, out=128)
        weights_of(folder, lora(prefix + PROJECTION, 4, 128, 128) | lora("lm_head", 4, 128, 128))
        check_adapter(folder, str(tiny))
        weights_of(folder, lora(f"{prefix}{PROJECTION}", 4, 128, 128) | {"base_model.model.odd.weight": BIAS})
        assert "1 of 2 (odd) of the modules" in refusal(folder, tiny)

    @pytest.mark.parametrize("name", ["for_profit", "symmetric", "nonprofit"])
    def test_the_shipped_adapters_are_accepted(self, name):
        check_adapter(SHIPPED.parent / name, str(SHIPPED))


BIAS = np.zeros(1, np.float32)
