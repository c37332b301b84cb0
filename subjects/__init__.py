"""Subjects whose preferences are known, behind an Inspect model provider: ``--model subject/<name>``.

They are calibration instruments. A subject reads the text of the messages and nothing else, as a
language model would, so a run on one shows whether the pipeline returns the parameters that were
put in. Reading, preferring, wording and answering are separate files; a new task adds a reader.
"""
