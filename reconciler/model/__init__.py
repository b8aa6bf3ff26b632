"""Frozen values and ports that every other package uses: no I/O, no clock, no randomness, and no import of a sibling.

Glossary
    estate        all manifests, catalogue and settings of one repository, and the state that belongs to them.
    customer      an organization that buys from the partner; the service knows it by its tenant id.
    subscription  so many seats of one offer that a customer holds; the service knows it by its id.
    address       the permanent name of a subscription in the estate: `contoso/office`.
    manifest      a YAML file that declares what the subscriptions of one customer should be.
    desired       what the manifest declares for one address.
    live          what the service reports about a subscription now.
    snapshot      live values that were recorded in a file, from which a plan can be made offline.
    state         what runs remember of each customer, in a store outside of git.
    binding       which subscription an address means, through all of its upgrades, as state remembers it.
    adoption      a person's decision that an existing subscription is the one that an address means.
    difference    one attribute whose live value is not the desired one.
    change        one operation that apply would carry out to remove differences.
    kind          the type of a change; it decides how the change is planned, sent and recognized afterwards.
    request       the exact operation of a change, as data; plan, state and result hold the same value.
    eligibility   the service's answer to which upgrades it permits for a subscription.
    reason        why an address is blocked, by a code that `reconciler explain` describes.
    warning       what an approver must know about a change that is not blocked.
    remedy        who must act on a reason or an error, whether waiting helps, and the steps in order.
    step          one step of a remedy: a sentence, a command, or both; a command is a list of arguments.
    limit         a number set by the operator that the changes of one plan must not exceed.
    drift         a live value that changed outside of reconciler since state last recorded it.
    orphaned      an address that state holds and no manifest declares any longer.
    stale plan    a plan whose facts changed after it was made; its changes are refused.
    run           one execution of the program that may write.
    lease         the time until which a run owns a pending change; afterwards another run may settle it.
    intent        the record of a change that is written to state before its request is sent.
    pending       a change whose intent is recorded and whose result is not.
    unconfirmed   a pending change about which the service shows nothing either way: its outcome is unknown.
    evidence      what live values and the service's records prove about a pending change.
    result        the final record of a change: done, refused, or not done.
    lineage       the identity of a state location; state of another lineage is refused.
    serial        the number of writes of one customer's state; compare-and-swap refuses an older one.
"""
