"""Versioned JSON: plan, state, the estate's lineage, locks, snapshots. Each is a file that declares its format.

Promises that every format ever written is read, that a newer one is refused and never guessed at, that a text which is
not exactly what its format says is refused by the first place where it differs, and that the same value has the same
text. Knows no file and no store: text comes in, text goes out.
"""
