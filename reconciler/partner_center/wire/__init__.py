"""Their JSON to our words, and back. Promises: survives unknown members, any casing of keys, missing members, numbers
as text, integers for words and the other way round, and words nobody has heard of. Never: knows HTTP, or makes up a
value that decisions depend on. Where an id or a quantity can't be read, or an eligible upgrade names no target, the
reader raises ValueError (pydantic's ValidationError is one), so that nothing is decided by half a document.
"""
