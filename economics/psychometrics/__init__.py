"""Inventories as measurement: keys, scale scores, response styles, reliability, comparison, power."""
