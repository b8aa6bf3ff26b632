"""The formats in which a value can be rendered: a file and a table for each kind of value.

A command that renders one kind loads the reports of that kind and of no other. Never reads or decides anything: a
table names the report of its value, and paints it.
"""
