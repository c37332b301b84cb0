"""Which problems to ask: what an answer tells about a preference, and designs that ask what tells most."""

from fiduciary.economics.designs.selection import POPULATION, SELECTED, Criterion, Untold, criterion
from fiduciary.economics.designs.stream import Asked, Stream

__all__ = ["POPULATION", "SELECTED", "Asked", "Criterion", "Stream", "Untold", "criterion"]
