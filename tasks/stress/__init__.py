"""The same choice problems under pressure: what moves a decision that should not move."""
