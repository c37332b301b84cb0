"""Self-driving cars that cannot save everyone, and profit against employees."""

from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas

__all__ = ["moral_dilemmas"]
