"""Keys under which people restrict tools: the two that clients read, and what stands in their place."""

from __future__ import annotations

import unicodedata

ALLOWING = frozenset({"tools", "tool", "allowedtool", "alloweddtools", "toolset", "toollist", "toolsallowed"}) | {
    f"{word}tools" for word in ("allow", "allowed", "permitted", "enabled", "available", "granted", "use")
}
DENYING = frozenset({"disallowedtool", "toolsdisallowed", "toolsdenied", "toolsforbidden", "toolsexcluded"}) | {
    f"{word}tools"
    for word in (
        "disallow", "disallowed", "deny", "denied", "block", "blocked", "exclude", "excluded", "forbid", "forbidden",
        "disable", "disabled", "ban", "banned", "prohibited", "no", "without",
    )
}  # fmt: skip
"""Letters of the keys under which people write tools."""

ALLOWED = "allowedtools"
DENIED = "disallowedtools"
"""Letters of the two that are read as `tools` and `disallowedTools` wherever we read a definition: `allowed-tools`, `Allowed_Tools`."""

_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0455\u04cf\u03bf\u03b1\u03bd\u0131", "aeopcyxisloavi"
)
"""Letters of other scripts that look like ours."""


def letters(value: object) -> str:
    """Return the letters and digits alone, in lower case: `Disallowed-Tools` is `disallowedtools`."""
    text = value.casefold() if isinstance(value, str) else ""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold().translate(_LOOKALIKES)
    return "".join(filter(str.isalnum, text))
