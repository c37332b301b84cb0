"""Six domains and 25 facets of personality, as a model describes itself."""
