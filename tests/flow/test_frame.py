"""What is known where two ways through a function meet."""

from backcheck.flow.frame import merged
from backcheck.flow.value import Value


def test_names_keep_their_order_where_two_ways_meet() -> None:
    left = {f"left_{number}": Value() for number in range(20)}
    right = {f"right_{number}": Value() for number in range(20)}
    # A set of strings comes in another order in every process.
    assert list(merged(left, right) or {}) == [*left, *right]
