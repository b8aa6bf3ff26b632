"""One table of advice: what each code means, who must act, whether waiting helps, and the next steps.

Promises: every sentence that a reader is told about a problem stands in these tables, once; a caller gives a code and
data. Never: I/O beyond its own tables, or a decision.

The tables are TOML, one row for a code:

    [seat_loss_not_allowed]
    description = "Fewer seats are wanted than are live."     one sentence, or what happened; may hold {placeholders}
    sentences = ["{removed} of {live_quantity} would go."]    what happened, more exactly, where the data are known
    meaning = "Fewer seats can take licences from people."    what more there is to know, for `explain`
    also = ["another_code"]                                   further codes of the same row
    number = 1                                                the service's own number
    number_in = "transitions"                                 whose number it is, where it is not that of an upgrade
    number_in_transitions = 13                                the same in transitions, where it is another one
    actor = "customer"                                        for whom it waits: partner (default), customer, microsoft
    retry = "day"                                             whether waiting helps: no (the default), minutes, day
    steps = [
      "Set quantity to {live_quantity} in the manifest.",     a step of the partner's
      { by = "customer", text = "Accept the invitation." },   somebody else's; other_partner is allowed here too
      { text = "To bind it:", run = "adopt {address} {id}" }, a command: the words after `reconciler`
      { when = "no_successor", text = "Remove the entry." },  only where `no_successor` is known
      { use = "sign_in_again" },                              the steps of another row
      { text = "Send this.", mail = true },                   followed by the row's `mail = {subject, text}`
    ]
    consent = "delegated administration"                      what the customer must give, where it waits for that
    shared = true                                             a row of steps that others use; no reader meets its code

A step is given only where all its placeholders, and its `when`, are known for the case at hand; of the sentences the
first such one is given, else the description. A word of `run` in
upper case is for the reader to fill in. A row of the service's
answers names the class of `reconciler.model.errors` that the answer is raised as, where its status does not tell:
`error = "relationship_missing"`.

Two tables hold what is no problem: `causes` the clauses that other sentences end with, `done` what a command did and
says beside it. No reader meets their codes, so `explain` has none of them.
"""

from reconciler.advice.limits import instead_of_raising
from reconciler.advice.problems import problem
from reconciler.advice.rows import Row
from reconciler.advice.service import code_in_table, error_class, service_row
from reconciler.advice.table import all_rows, explanations, row, row_or_none, sentence

__all__ = [
    "Row",
    "all_rows",
    "code_in_table",
    "error_class",
    "explanations",
    "instead_of_raising",
    "problem",
    "row",
    "row_or_none",
    "sentence",
    "service_row",
]
