"""A chain of delegated decisions: what each one gains and leaves behind, and what handing it over costs."""
