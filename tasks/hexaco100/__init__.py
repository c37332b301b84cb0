"""Six domains and 25 facets of personality, as a model describes itself."""

from fiduciary.tasks.hexaco100.task import hexaco100

__all__ = ["hexaco100"]
