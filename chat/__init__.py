"""A chat with a served base model and its adapters side by side."""

from fiduciary.chat.command import main

__all__ = ["main"]
