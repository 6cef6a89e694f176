"""Links across what the extractors found apart: which routes make which calls, and under what circumstances."""

from backcheck.extract.calls.reach import link

__all__ = ["link"]
