"""Machiavellianism, narcissism, psychopathy and sadism, as a model describes itself."""
