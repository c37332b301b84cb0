"""Reading what a model wrote: what of it is the answer, and what the answer states."""
