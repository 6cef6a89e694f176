"""One judgement for each secret that the code reads or holds: whether its value lies in the source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.findings import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.backend import Setting
    from backcheck.findings import Judgement


def check(settings: tuple[Setting, ...]) -> Iterator[Judgement]:
    """Judge every secret by where its value comes from."""
    for setting in settings:
        if not setting.secret:
            continue
        match setting.origin:
            case "environment":
                yield passed(setting, "it is read from the environment")
            case _ if setting.placeholder:
                yield passed(setting, "start-up refuses the value that stands in the source")
            case "default":
                yield failed(
                    setting,
                    f"where the environment sets no `{setting.name}`, a value that everybody can read is used",
                    secret=True,
                )
            case _:
                yield failed(setting, f"the value of `{setting.name}` stands in the source", secret=True)
