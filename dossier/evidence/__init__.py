"""One file a kind of evidence; each enters its claims and gaps into the ledger."""
