"""The requests of a plan of new commerce: a list per customer, a read by id per subscription that is to be changed,
the transitions of each offer that differs, and one list of the partner's customers.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from reconciler.model.term import FewerSeats
from reconciler.sandbox import Sold
from tests.applying.scenes import Scene
from tests.histories.book import BOUGHT
from tests.sandbox.modern import BASIC, STANDARD
from tests.worlds import new_tenant


def sold() -> Sold:
    return Sold(offer=BASIC, quantity=25, created=BOUGHT)


def requests_of_a_plan(scene: Scene) -> dict[str, int]:
    """Counts the requests of a plan by what they read."""
    before = len(scene.counter.requests)
    scene.plan()
    kinds = Counter[str]()
    for request in scene.counter.requests[before:]:
        assert request.method == "GET"
        rest = request.path.partition("/subscriptions")[2].strip("/")
        customers = request.path.rstrip("/").endswith("/customers")
        kinds[
            "customers"
            if customers
            else "transitions"
            if "transitionEligibilities" in rest
            else "subscription"
            if rest
            else "list"
        ] += 1
    return dict(kinds)


def a_book(path: Path, **behaviour: Any) -> Scene:
    """Two customers of five subscriptions: one to upgrade, two to resize, one to shrink, and one as it should be."""
    office, desks, mail, lab, store = (sold() for _ in range(5))
    scene = Scene(
        path, new_tenant("contoso", office=office, desks=desks, mail=mail), new_tenant("fabrikam", lab=lab, store=store)
    )
    scene.behave(**behaviour)
    scene.want("contoso/office", offer=STANDARD)
    scene.want("contoso/desks", quantity=30)
    scene.want("fabrikam/lab", quantity=30)
    scene.want("fabrikam/store", quantity=20, fewer_seats=FewerSeats.AT_RENEWAL)
    return scene


def test_a_plan_reads_each_customer_once_and_by_id_only_what_is_to_be_changed(tmp_path: Path) -> None:
    scene = a_book(tmp_path)
    assert requests_of_a_plan(scene) == {"customers": 1, "list": 2, "subscription": 4, "transitions": 1}


def test_once_all_is_as_wanted_a_plan_reads_lists_alone(tmp_path: Path) -> None:
    scene = a_book(tmp_path)
    scene.apply()
    assert requests_of_a_plan(scene) == {"customers": 1, "list": 2}


def test_where_lists_leave_schedules_out_ours_are_read_by_id(tmp_path: Path) -> None:
    scene = a_book(tmp_path, schedules_in_lists=False)
    scene.apply()
    assert requests_of_a_plan(scene) == {"customers": 1, "list": 2, "subscription": 1}
