"""Commands of the program: the only package that prints, prompts and exits.

Each command is a file; a command's module is loaded when it is called, so that `version` and `--help` load nothing of
weight.
"""

from reconciler.cli.main import main

__all__ = ["main"]
