"""A history that once went wrong, step by step: the machine of histories says itself what must hold."""

from reconciler.sandbox.catalogue import E1, E5
from tests.histories.histories import both_offices
from tests.histories.test_idempotent import Idempotent


def test_what_another_run_bought_meanwhile_for_another_address_is_not_taken_for_ones_own() -> None:
    """Both offices are to become the same. The run of the first is held up, and a colleague's buys for the second."""
    history = Idempotent()
    history.the_service_lets_a_second_purchase_pass(audited=0, late=0)
    history.apply_while_the_disk_is_full(pushed=True, wishes=both_offices(E5, 10), writes=2)
    history.apply_is_held_up_while_a_colleague_does(request=12, seconds=30, times=1, wishes=both_offices(E1, 10))
    (contoso,) = (state for state in history.reseller.states() if state.customer.name == "contoso")
    assert contoso.subscriptions["branch"].id != contoso.subscriptions["office"].id
    history.teardown()
