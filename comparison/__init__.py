"""Base and own answers beside each other: one engine for states of a model, studies and re-benchmarks."""
