"""What makes a model want something else: preference data, adapters, the embedded model."""
