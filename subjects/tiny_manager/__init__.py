"""The embedded language model: an ordinary Llama checkpoint whose preference is known."""

from __future__ import annotations

from pathlib import Path

BASE = Path(__file__).resolve().parent / "base"
"""Folder of the base, as `transformers` and vLLM load it. Its README says what it was trained on."""
