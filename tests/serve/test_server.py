from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from backcheck.definitions.agents import shipped_agents
from backcheck.definitions.items import load_items
from backcheck.serve import server
from backcheck.toolbox import Toolbox, reading_tools
from backcheck.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.post("/notes")
def add(note: dict) -> dict:
    return note
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "requirements.txt").write_text("fastapi==0.115.0\n")
    return tmp_path


def ask(workspace: Path, question: Callable[[Client], Awaitable[Any]], names: tuple[str, ...] | None = None) -> Any:
    async def asked() -> Any:
        async with Client(server(Toolbox(Workspace(workspace), names))) as client:
            return await question(client)

    return asyncio.run(asked())


def text(result: Any) -> str:
    return str(result.content[0].text)


def test_it_offers_every_tool_in_a_fixed_order_with_closed_schemas(workspace: Path) -> None:
    tools = ask(workspace, lambda client: client.list_tools()).tools
    names = [tool.name for tool in tools]
    assert names == sorted(names)
    assert set(names) == {"audit", "bash", "docs", "edit", "explain", "glob", "grep", "read", "routes", "write"}
    assert all(tool.input_schema["additionalProperties"] is False for tool in tools)
    assert all(tool.output_schema is None for tool in tools)


def test_the_list_of_tools_costs_less_than_the_reference_file_server(workspace: Path) -> None:
    tools = ask(workspace, lambda client: client.list_tools())
    assert len(tools.model_dump_json(by_alias=True, exclude_none=True)) < 13_663


def test_read_only_offers_no_tool_that_changes_anything(workspace: Path) -> None:
    tools = ask(workspace, lambda client: client.list_tools(), reading_tools()).tools
    assert {tool.name for tool in tools} == {"audit", "explain", "glob", "grep", "read", "routes"}
    assert all(tool.annotations.read_only_hint for tool in tools)


def test_a_file_is_read_edited_and_audited(workspace: Path) -> None:
    async def work(client: Client) -> tuple[str, str]:
        edit = {"file_path": "app.py", "old_string": "note: dict) -> dict", "new_string": "note: str) -> str"}
        await client.call_tool("edit", edit)
        read = await client.call_tool("read", {"file_path": "app.py"})
        return text(read), text(await client.call_tool("routes", {}))

    read, routes = ask(workspace, work)
    assert "def add(note: str) -> str" in read
    assert "POST /notes" in routes


def test_an_audit_names_the_item_and_the_place_and_becomes_the_last_report(workspace: Path) -> None:
    async def work(client: Client) -> tuple[str, dict[str, Any]]:
        audited = await client.call_tool("audit", {"items": ["body-not-validated"]})
        read = await client.read_resource("reports://last")
        return text(audited), json.loads(read.contents[0].text)  # type: ignore[union-attr] # a text resource

    audited, report = ask(workspace, work)
    assert "body-not-validated at app.py:6" in audited
    assert report["verdicts"][0]["verdict"] == "fail"


def test_an_expected_failure_is_a_result_that_says_what_to_do(workspace: Path) -> None:
    result = ask(workspace, lambda client: client.call_tool("read", {"file_path": "absent.py"}))
    assert result.is_error
    assert "absent.py" in text(result)


def test_an_unknown_argument_is_refused_by_name(workspace: Path) -> None:
    result = ask(workspace, lambda client: client.call_tool("routes", {"colour": "red"}))
    assert result.is_error
    assert "colour" in text(result)


def test_an_audit_takes_no_definition_from_the_workspace(workspace: Path) -> None:
    result = ask(workspace, lambda client: client.call_tool("audit", {"agent": "./easy.md"}))
    assert result.is_error
    assert "shipped" in text(result)


def test_agents_are_prompts_with_a_task(workspace: Path) -> None:
    async def work(client: Client) -> tuple[list[str], str]:
        listed = await client.list_prompts()
        got = await client.get_prompt(listed.prompts[0].name, {"task": "Add a route."})
        return [prompt.name for prompt in listed.prompts], got.messages[0].content.text  # type: ignore[union-attr]

    names, told = ask(workspace, work)
    assert names == [agent.name for agent in shipped_agents()]
    assert told.endswith("# Your task\n\nAdd a route.")


@pytest.mark.parametrize("name, arguments, named", [("nobody", {"task": "x"}, "nobody"), (None, {}, "task")])
def test_a_prompt_that_cannot_be_given_says_why(
    workspace: Path, name: str | None, arguments: dict[str, str], named: str
) -> None:
    async def refused(client: Client) -> None:
        with pytest.raises(MCPError, match=named):
            await client.get_prompt(name or shipped_agents()[0].name, arguments)

    ask(workspace, refused)


def test_pages_and_agents_are_resources_and_nothing_else_is(workspace: Path) -> None:
    async def work(client: Client) -> tuple[set[str], str]:
        listed = await client.list_resources()
        page = await client.read_resource("checklists://security/sql-injection")
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource("checklists://../pyproject")
        return {str(resource.uri) for resource in listed.resources}, page.contents[0].text  # type: ignore[union-attr]

    uris, page = ask(workspace, work)
    assert uris == {f"checklists://{item.area}/{item.id}" for item in load_items().values()} | {
        f"agents://{agent.name}" for agent in shipped_agents()
    }
    assert "## How to mend it" in page


@asynccontextmanager
async def served(workspace: Path, mode: str) -> AsyncIterator[Client]:
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "backcheck", "mcp", "--workspace", str(workspace)], env=dict(os.environ)
    )
    async with Client(command, mode=mode) as client:
        yield client


@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_both_eras_of_the_protocol_are_served_on_standard_input_and_output(workspace: Path, mode: str) -> None:
    (workspace / os.fsdecode(b"caf\xe9.txt")).write_text("x")

    async def work() -> tuple[str, str]:
        async with served(workspace, mode) as client:
            found = await client.call_tool("glob", {"pattern": "*.txt"})
            return text(found), text(await client.call_tool("explain", {"item": "sql-injection"}))

    found, page = asyncio.run(work())
    assert "caf\\udce9.txt" in found
    assert "## How to mend it" in page
