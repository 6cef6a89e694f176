"""backcheck: every item of a backend checklist gets a verdict, with evidence that you can open."""

__version__ = "0.1.0"
