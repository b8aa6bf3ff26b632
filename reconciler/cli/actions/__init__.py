"""Carries each command out: reads its options, runs the operation, prompts, prints, and returns the exit code.

One file for each command or group. The options of a command with more than a few are one frozen value. Nothing here
decides what is planned or bought, and nothing here is imported before its command is called.
"""
