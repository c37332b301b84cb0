"""Numbers over all scores of a run that several tasks need, one metric a file.

Every metric sees unreduced scores: each epoch is an answer of its own, and standard errors are
clustered by problem.
"""
