"""The tools that a model may call: a page in `tools/` and an async function of the same name here make one.

Every public module of this package is looked through; nothing is listed. A function takes the workspace and the
arguments of its page, already checked, and returns the answer as text (or a `ToolResult`, where a failure has an
answer too). This room knows no model, no protocol and no command line: those ask it.
"""

from __future__ import annotations

import inspect
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from backcheck.definitions.tools import ToolPage, load_tool_pages
from backcheck.errors import BackcheckError, ToolError, UsageError
from backcheck.escape import printable
from backcheck.toolbox._arguments import checked
from backcheck.toolbox._last_report import last_report
from backcheck.toolbox._result import ToolResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from backcheck.workspace import Workspace

__all__ = ["ToolResult", "Toolbox", "last_report", "reading_tools", "tools"]


@cache
def tools() -> Mapping[str, Callable[..., Awaitable[str | ToolResult]]]:
    """Return the function of every tool by name."""
    modules = [import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if found.name[0] != "_"]
    return {
        name: function
        for module in modules
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def reading_tools() -> tuple[str, ...]:
    """Return the names of the tools that change nothing."""
    return tuple(name for name, page in load_tool_pages().items() if name in tools() and page.reads_only)


class Toolbox:
    """The tools that one agent, client or command may use on one workspace."""

    def __init__(self, workspace: Workspace, names: Iterable[str] | None = None) -> None:
        """Offer the tools ``names`` (all by default) on ``workspace``; raises `UsageError` for an unknown one."""
        self.workspace = workspace
        pages, functions = load_tool_pages(), tools()
        offered = sorted(functions) if names is None else list(dict.fromkeys(names))
        if unknown := [name for name in offered if name not in functions]:
            raise UsageError(f"unknown tool {unknown[0]!r}", help=f"the tools are {', '.join(sorted(functions))}")
        self.pages: dict[str, ToolPage] = {name: pages[name] for name in offered}
        """What to tell a model of each tool on offer, in a fixed order."""

    def reads_only(self, name: str) -> bool:
        """Whether a call of the tool ``name`` changes nothing; an unknown tool changes nothing either."""
        page = self.pages.get(name)
        return page is None or page.reads_only

    async def call(self, name: str, arguments: object) -> ToolResult:
        """Run a tool and return what to tell the model. Only cancellation and faults of our own are raised."""
        try:
            page = self.pages.get(name)
            if page is None:
                raise ToolError(f"there is no tool {name!r}", help=f"the tools are {', '.join(self.pages)}")
            answer = await tools()[name](self.workspace, **checked(page, arguments))
        except BackcheckError as error:
            return ToolResult(printable(f"{error}\n{error.help}".rstrip()), ok=False)
        except OSError as error:
            return ToolResult(
                printable(f"the system refuses: {error.strerror or error}\ntry again, or in another way"), ok=False
            )
        result = ToolResult(answer) if isinstance(answer, str) else answer
        return ToolResult(printable(result.text), ok=result.ok)
