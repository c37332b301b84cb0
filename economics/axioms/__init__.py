"""Which axioms of choice answers keep, each with a test: what is asked, and what the answers say."""
