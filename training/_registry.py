"""What Inspect must find by name; the distribution's entry point loads this module."""

from training.rebench.provider import peft

__all__ = ["peft"]
