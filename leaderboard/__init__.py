"""What logs add up to: one table, ranks with confidence sets for a stated principal, tests, and a page."""
