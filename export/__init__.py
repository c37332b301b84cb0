"""Choices as a table for programs of others, with a codebook and programs that estimate from it."""
