"""Carries a plan out, step by step, and says what happens as a stream of events.

Promises: the intent is durable before a request leaves; every answer is recorded; a request without an answer is sent
once more at most, under the same id, by the same run; what nobody can answer stays pending until it is settled. Never:
a decision about business. What was planned is carried out as planned, or not at all.
"""
