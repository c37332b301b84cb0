"""What a model states about trade-offs between groups, and what its choices imply."""
