"""Which axioms of choice a model's answers keep: one card, each axiom with its test."""
