"""Faults that the product is put to, and what becomes of each: ``python -m benchmarks.faults``.

One module an area, one function a fault; whoever adds a module here has it in the table.
"""
