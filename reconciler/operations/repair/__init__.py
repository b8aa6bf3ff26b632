"""Repairs of state: adopt, forget, move, resolve, done; one file for each, and under the customer's lock.

Nothing here changes anything at the service; of a cart that was ordered the result is fetched, by its checkout. What a
repair would make ambiguous or forget for ever, it refuses. Each of them gets a `RepairContext`.
"""
