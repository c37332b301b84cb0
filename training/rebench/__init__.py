"""The re-benchmark: base and adapters on the same problems, and what the adapters changed."""
