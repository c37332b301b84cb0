"""Scoring keys, and the statements that this project wrote for them."""
