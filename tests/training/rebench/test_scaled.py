"""An adapter at another strength."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("peft")
safetensors = pytest.importorskip("safetensors.torch")

from fiduciary.training.errors import TrainingError  # noqa: E402
from fiduciary.training.rebench.scaled import scale_adapter  # noqa: E402
from tests.training.rebench.conftest import SHIPPED  # noqa: E402


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    folder = tmp_path / "adapter"
    folder.mkdir()
    torch.manual_seed(0)
    module = "base_model.model.model.layers.0.self_attn.q_proj"
    weights = {f"{module}.lora_A.weight": torch.randn(4, 8), f"{module}.lora_B.weight": torch.randn(8, 4)}
    safetensors.save_file(weights, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = {"peft_type": "LORA", "r": 4, "lora_alpha": 8}
    (folder / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    shutil.copyfile(SHIPPED.parent / "nonprofit" / "training.json", folder / "training.json")
    return folder


def product(folder: Path) -> torch.Tensor:
    weights = safetensors.load_file(folder / "adapter_model.safetensors")
    a, b = (next(w for n, w in weights.items() if side in n) for side in ("lora_A", "lora_B"))
    return b @ a


def test_the_change_of_every_matrix_is_multiplied(adapter: Path, tmp_path: Path) -> None:
    out = scale_adapter(adapter, 1.5, tmp_path / "more")
    torch.testing.assert_close(product(out), 1.5 * product(adapter))
    noted = json.loads((out / "training.json").read_text("utf-8"))
    assert (noted["target"]["name"], noted["strength"], noted["measured"]) == ("nonprofit", 1.5, {})
    assert "strength was then set to 1.5" in (out / "README.md").read_text("utf-8")
    twice = scale_adapter(out, 0.5, tmp_path / "again")
    assert json.loads((twice / "training.json").read_text("utf-8"))["strength"] == 0.75


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf")])
def test_no_strength_is_no_adapter(adapter: Path, tmp_path: Path, scale: float) -> None:
    with pytest.raises(TrainingError, match="strength must be"):
        scale_adapter(adapter, scale, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("config", "extra", "message"),
    [
        ({"use_dora": True}, "q_proj.lora_magnitude_vector.weight", "DoRA"),
        ({"modules_to_save": ["lm_head"]}, "lm_head.weight", "modules trained whole"),
        ({"bias": "all"}, "q_proj.bias", "1 of 3"),
    ],
)
def test_what_is_more_than_a_product_has_no_strength(
    adapter: Path, tmp_path: Path, config: dict[str, object], extra: str, message: str
) -> None:
    """Multiplying B alone would give weights that no strength stands for."""
    weights = safetensors.load_file(adapter / "adapter_model.safetensors")
    weights |= {f"base_model.model.{extra}": torch.ones(8)}
    safetensors.save_file(weights, adapter / "adapter_model.safetensors")
    stated = json.loads((adapter / "adapter_config.json").read_text("utf-8")) | config
    (adapter / "adapter_config.json").write_text(json.dumps(stated), "utf-8")
    with pytest.raises(TrainingError, match=f"no strength to set.*{message}"):
        scale_adapter(adapter, 2.0, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter"]


def test_embeddings_are_scaled_like_any_matrix(adapter: Path, tmp_path: Path) -> None:
    name = "base_model.model.model.embed_tokens.lora_embedding_"
    weights = {f"{name}A": torch.randn(4, 30), f"{name}B": torch.randn(8, 4)}
    safetensors.save_file(weights, adapter / "adapter_model.safetensors")
    out = safetensors.load_file(scale_adapter(adapter, 3.0, tmp_path / "out") / "adapter_model.safetensors")
    torch.testing.assert_close(out[f"{name}B"], 3 * weights[f"{name}B"])
    torch.testing.assert_close(out[f"{name}A"], weights[f"{name}A"])


def test_a_strength_beyond_the_numbers_and_a_damaged_adapter_leave_nothing(
    adapter: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match="too large"):
        scale_adapter(adapter, 1e300, tmp_path / "out")
    (adapter / "training.json").write_text("[]", "utf-8")
    with pytest.raises(TrainingError, match="is damaged"):
        scale_adapter(adapter, 2.0, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["adapter"]
