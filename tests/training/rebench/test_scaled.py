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
