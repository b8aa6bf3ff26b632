"""Decides what to do: desired, state and live values in, a plan out.

Promises: the same facts give the same plan, on every machine and whenever asked. Never: I/O, a clock, randomness, or
a choice left to apply. Facts that are dear to get are asked for only where an answer could change the plan: a
customer's plan comes back with `questions`, and is made again once they are answered.
"""

from reconciler.changes.facts import (
    AgreementWanted,
    Circumstances,
    Facts,
    OrdersWanted,
    PromotionWanted,
    Question,
    RelationshipLinkWanted,
    RelationshipWanted,
    SkuWanted,
    SubscriptionWanted,
    TransitionsWanted,
    UpgradesWanted,
)
from reconciler.planning.approval import Approval, approval, removals_waiting, shown_names, under_present_names
from reconciler.planning.catalogue import compare_catalogue
from reconciler.planning.combining import merged
from reconciler.planning.coverage import (
    coverage_alarms,
    customers_not_listed,
    undeclared_customers,
    undeclared_subscriptions,
)
from reconciler.planning.customers import contradicted_customer, renamed_customer
from reconciler.planning.drift import as_declared, left_open
from reconciler.planning.elsewhere import Elsewhere, elsewhere
from reconciler.planning.limits import Extent, breaches, holding, limited, moved_by_name
from reconciler.planning.money import not_counted
from reconciler.planning.moves import Rearranged, rearranged, standing_of_removed
from reconciler.planning.planner import CustomerPlan, assemble, plan_customer
from reconciler.planning.recent import Named, log_wanted, named_by, something_to_do, uncovered, why_read
from reconciler.planning.renewals import CustomerTerms, customer_terms, listed_within
from reconciler.planning.repeated import Repeated, done_already, means_still, superseded, taken_back, undone_since
from reconciler.planning.selection import LABEL, Globs
from reconciler.planning.stale import is_usable, outcome_of, why_dearer, why_stale, worded
from reconciler.planning.standing import standing_items
from reconciler.planning.term_ends import term_warnings
from reconciler.planning.timeline import added_up, customer_months, months_of, timeline
from reconciler.planning.tracked_on import all_tracked_on, had_to_wait

__all__ = [
    "LABEL",
    "AgreementWanted",
    "Approval",
    "Circumstances",
    "CustomerPlan",
    "CustomerTerms",
    "Elsewhere",
    "Extent",
    "Facts",
    "Globs",
    "Named",
    "OrdersWanted",
    "PromotionWanted",
    "Question",
    "Rearranged",
    "RelationshipLinkWanted",
    "RelationshipWanted",
    "Repeated",
    "SkuWanted",
    "SubscriptionWanted",
    "TransitionsWanted",
    "UpgradesWanted",
    "added_up",
    "all_tracked_on",
    "approval",
    "as_declared",
    "assemble",
    "breaches",
    "compare_catalogue",
    "contradicted_customer",
    "coverage_alarms",
    "customer_months",
    "customer_terms",
    "customers_not_listed",
    "done_already",
    "elsewhere",
    "had_to_wait",
    "holding",
    "is_usable",
    "left_open",
    "limited",
    "listed_within",
    "log_wanted",
    "means_still",
    "merged",
    "months_of",
    "moved_by_name",
    "named_by",
    "not_counted",
    "outcome_of",
    "plan_customer",
    "rearranged",
    "removals_waiting",
    "renamed_customer",
    "shown_names",
    "something_to_do",
    "standing_items",
    "standing_of_removed",
    "superseded",
    "taken_back",
    "term_warnings",
    "timeline",
    "uncovered",
    "undeclared_customers",
    "undeclared_subscriptions",
    "under_present_names",
    "undone_since",
    "why_dearer",
    "why_read",
    "why_stale",
    "worded",
]
