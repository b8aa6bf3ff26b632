"""The rules of the kinds of change: what is forbidden, by whom, and which of several ways is chosen.

Promises small functions of one case, each named for what it decides, each with its source. Never reads or writes
anything. A kind of change in the package above names those that hold for it.
"""
