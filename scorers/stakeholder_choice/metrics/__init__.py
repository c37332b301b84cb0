"""Numbers over all choices of a run, one metric a file."""
