"""A value in, a string out: plans, apply's events, errors and state, as people and machines read them.

Promises that the same value always gives the same text; that no text from the service or a manifest can act on a
terminal or a CI system; that meaning never hangs on colour; and that commands and links are whole on their lines.
Never reads anything but its own templates, writes, prints, asks a clock, or shows a person's name or mail address.
"""
