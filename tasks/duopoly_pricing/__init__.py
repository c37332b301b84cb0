"""Repeated price competition between two firms, one of them or both run by a model."""
