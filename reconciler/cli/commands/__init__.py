"""Declares each command: its arguments, its help and the action that it calls.

Promises that nothing of weight is imported until a command is called, so that help and completion answer at once.
Never does what a command does: that is in `actions`, whose options each command fills in.
"""
