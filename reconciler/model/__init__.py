"""The words everybody speaks: frozen values that know no I/O, no clock and no randomness.

Glossary
    address       what a person calls a subscription, for ever: `contoso/office`.
    desired       what a manifest asks of one address.
    live          what the service says of one subscription now.
    bound         what state remembers of one address: the chain of subscription ids, and the values last seen.
    change        one thing apply would do: an upgrade (a new subscription replaces the old) or a resize.
    reason        why something is blocked, with who must act and how.
    pending       a change whose intent is durable and whose result is not.
    run           one execution of the program that may write.
    lineage       the identity of an estate's state location; a state of another lineage is never trusted.
    serial        how often one customer's state was written.

Every other room imports this one; it imports none.
"""
