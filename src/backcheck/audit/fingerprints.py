"""What a failure is known by, whatever line it stands on."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcheck.findings import Subject

_LENGTH = 32


def fingerprint(item: str, subject: Subject, twin: int = 0) -> str:
    """Return 32 hexadecimal digits made of the item and the subject's identity.

    ``twin`` counts the subjects before this one, in order of place, that have the same identity: the same statement
    written twice in one function.
    """
    parts = [item, subject.kind, subject.id, *([str(twin)] if twin else [])]
    # Escaped, so that an undecodable byte in a path has a fingerprint too.
    text = "\0".join(parts).encode("utf-8", "backslashreplace")
    return hashlib.sha256(text).hexdigest()[:_LENGTH]
