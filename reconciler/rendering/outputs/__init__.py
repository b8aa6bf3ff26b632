"""Outputs for later steps of a pipeline: counts and verdicts, by name, of a plan or of an apply.

Promises that nothing in them came from elsewhere, so no value can set another variable.
"""
