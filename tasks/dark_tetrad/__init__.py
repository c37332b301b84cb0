"""Machiavellianism, narcissism, psychopathy and sadism, as a model describes itself."""

from fiduciary.tasks.dark_tetrad.task import dark_tetrad

__all__ = ["dark_tetrad"]
