"""Names of agents as names of files."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_OTHER = re.compile(r"[^a-z0-9_]+")
_LONGEST = 64
_DEVICE = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")
"""Windows opens a device for a file of that name, whatever its ending."""


def slug(name: str) -> str:
    """Return the name in lower case, of `a-z 0-9 - _` alone: safe as a file's name and as a slug in every client.

    A name of which nothing is left (`后端`) gets one that is made from its hash.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = _OTHER.sub("-", plain).strip("-_")[:_LONGEST].rstrip("-_")
    if _DEVICE.fullmatch(found):
        return f"{found}-agent"
    return found or f"agent-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"
