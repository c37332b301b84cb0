"""A chain of linked decisions, some of them delegated to the model, the others kept by the principal."""
