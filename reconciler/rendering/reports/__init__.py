"""Makes a report of each kind of value: its sections, their order and their words, each decided here and only here.

Turns a value into a Report. Knows no format, reads nothing, asks no clock.
"""
