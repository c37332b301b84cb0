"""Base and own answers beside each other: one engine for two states of a model, a study, and a re-benchmark."""
