"""Which preferences a model can be brought to by what it is told, and whom that serves."""
