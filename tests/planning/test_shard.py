"""`--shard K/N`: which customers a job of several is about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.shard import Shard
from reconciler.planning import Globs

NAMES = [f"customer-{number}" for number in range(400)]


@given(names=st.sets(st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)), of=st.integers(1, 9))
def test_each_customer_is_in_exactly_one_shard(names: set[str], of: int) -> None:
    shards = [Shard(number, of) for number in range(1, of + 1)]

    assert all(sum(shard.holds(name) for shard in shards) == 1 for name in names)


def test_where_a_customer_is_depends_on_its_name_alone() -> None:
    """Held as values: a shard that moved between two versions would plan a customer twice, or never."""
    found = [next(number for number in range(1, 5) if Shard(number, 4).holds(name)) for name in NAMES[:8]]

    assert found == [1, 4, 1, 2, 2, 1, 2, 1]


def test_shards_are_of_about_one_size() -> None:
    sizes = [sum(Shard(number, 4).holds(name) for name in NAMES) for number in range(1, 5)]

    assert min(sizes) > 70


@pytest.mark.parametrize("text", ["0/4", "5/4", "1/0", "1", "1/4/2", "a/b", "", "01/4", "-1/4", "1/99999"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="K/N"):
        Shard.parse(text)


def test_a_shard_keeps_a_customers_addresses_together_and_may_be_empty() -> None:
    addresses = [Address("contoso/office"), Address("contoso/mail")]
    chosen = [Globs(shard=Shard(number, 3)).select(addresses) for number in (1, 2, 3)]

    assert sorted(map(len, chosen)) == [0, 0, 2]


@pytest.mark.parametrize("whole", [0, 1, 3, 100, 1000])
def test_the_shares_of_all_shards_add_up_to_the_whole(whole: int) -> None:
    shares = [Shard(number, 7).share(whole) for number in range(1, 8)]
    assert sum(shares) == whole
    assert max(shares) - min(shares) <= 1
