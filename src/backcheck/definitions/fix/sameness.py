"""Whether two values that YAML readers gave are the same: types count, and so does the order of a list, not that of keys."""

from __future__ import annotations


def same(left: object, right: object) -> bool:
    """Whether the values are equal with equal types; keys are compared as texts.

    Aliases let a value of a few bytes hold itself, or a million lists: each pair is compared once.
    """
    pending = [(left, right)]
    seen: set[tuple[int, int]] = set()
    while pending:
        one, other = pending.pop()
        if (id(one), id(other)) in seen:
            continue
        seen.add((id(one), id(other)))
        match one, other:
            case dict(), dict():
                mine, theirs = ({str(key): value for key, value in each.items()} for each in (one, other))
                if mine.keys() != theirs.keys():
                    return False
                pending += [(value, theirs[key]) for key, value in mine.items()]
            case list(), list():
                if len(one) != len(other):
                    return False
                pending += zip(one, other, strict=True)
            case _ if type(one) is not type(other) or repr(one) != repr(other):  # NaN equals itself here
                return False
    return True
