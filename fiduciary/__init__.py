"""Measures whether a language model that decides for a principal wants what the principal wants.

The rooms stand at the top of the checkout (``economics``, ``tasks``, …); this folder holds links to them, so
that an installation brings one package of one name. Import them as ``fiduciary.economics`` and so on.
"""
