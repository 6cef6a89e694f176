"""The registry: pages and functions agree, pages are true, and every call ends in an answer."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from backcheck.definitions.tools import ToolExample, ToolPage, load_tool_pages
from backcheck.errors import UsageError
from backcheck.sandbox import Missing, probe
from backcheck.toolbox import Toolbox, ToolResult, tools
from backcheck.workspace import Workspace

PAGES = load_tool_pages()
EXAMPLES = [(page, example) for page in PAGES.values() for example in page.examples if page.name in tools()]
FILE_TOOLS = ("bash", "edit", "glob", "grep", "read", "write")


def call(workspace: Path, name: str, arguments: object) -> ToolResult:
    return asyncio.run(Toolbox(Workspace(workspace)).call(name, arguments))


def test_every_page_has_a_function_and_every_function_a_page() -> None:
    assert set(PAGES) == set(tools())


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_is_complete(page: ToolPage) -> None:
    jsonschema.Draft202012Validator.check_schema(page.input_schema)
    assert page.input_schema["additionalProperties"] is False
    assert set(page.input_schema.get("required", ())) <= set(page.input_schema["properties"])
    assert 0 < len(page.description) < 2000
    assert page.examples


@pytest.mark.parametrize(
    "page, example", EXAMPLES, ids=lambda one: one.name if isinstance(one, ToolPage) else one.title
)
def test_the_examples_of_a_page_are_true(page: ToolPage, example: ToolExample, tmp_path: Path) -> None:
    if page.name == "bash" and isinstance(missing := probe(), Missing):
        pytest.skip(f"SANDBOX NOT TESTED: {missing.why}; {missing.help}")
    for name, text in example.files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    answers = []
    for arguments in example.calls:
        jsonschema.validate(arguments, page.input_schema)
        answers.append(call(tmp_path, page.name, arguments).text)
    assert answers
    if example.answer is not None:
        assert answers[-1] == example.answer


def test_what_a_model_is_told_of_the_file_tools_is_short() -> None:
    told = [[PAGES[name].name, PAGES[name].description, PAGES[name].input_schema] for name in FILE_TOOLS]
    assert len(json.dumps(told, separators=(",", ":"))) < 6000


@pytest.mark.parametrize(
    "name, arguments, says",
    [
        ("read", {}, "read: file_path is missing\nits arguments are file_path, offset, limit"),
        ("read", {"file_path": "a", "lines": 3}, "read: lines is not an argument"),
        ("read", {"file_path": 3}, "read: file_path must be a string, not an integer"),
        ("read", {"file_path": "a", "offset": True}, "read: offset must be an integer, not a boolean"),
        ("read", {"file_path": "a", "offset": 0}, "read: offset must be at least 1, not 0"),
        ("read", {"file_path": "a", "limit": 1.5}, "read: limit must be an integer, not a number"),
        ("read", {"file_path": ""}, "read: file_path must not be empty"),
        ("read", [], "read: the arguments are not an object"),
        ("grep", {"pattern": "a", "output_mode": "json"}, "grep: output_mode must be one of 'files_with_matches'"),
        ("edit", {"file_path": "a", "edits": [{"old_string": "a"}]}, "edit: edits[0].new_string is missing"),
        (
            "bash",
            {"command": "true", "dangerouslyDisableSandbox": True},
            "bash: dangerouslyDisableSandbox is not an argument",
        ),
        ("bash", {"command": "true", "timeout": 600_001}, "bash: timeout must be at most 600000, not 600001"),
        ("Read", {}, "there is no tool 'Read'\nthe tools are "),
    ],
)
def test_wrong_arguments_are_named(name: str, arguments: object, says: str, tmp_path: Path) -> None:
    result = call(tmp_path, name, arguments)
    assert not result.ok
    assert result.text.startswith(says)


def test_path_is_taken_for_file_path_where_only_that_exists(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\n")
    assert call(tmp_path, "read", {"path": "a"}) == ToolResult("1\tx")


def test_the_hyphenated_options_of_grep_work(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("one\nTwo\nthree\n")
    arguments = {"pattern": "two", "-i": True, "-A": 1, "-n": False, "output_mode": "content"}
    assert call(tmp_path, "grep", arguments).text == "a:Two\na:three"


def test_no_answer_holds_what_a_server_cannot_send(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff\x1b.txt")).write_text("needle \x1b[31m\n")
    for name, arguments in [
        ("glob", {"pattern": "*"}),
        ("grep", {"pattern": "needle", "output_mode": "content"}),
        ("read", {"file_path": "\udcff\x1b.txt"}),
        ("read", {"file_path": "\ud800\x07"}),
        ("read", {"\ud800": 1}),
        ("\ud800", {}),
    ]:
        text = call(tmp_path, name, arguments).text
        text.encode("utf-8")
        assert "\x1b" not in text
        assert "\x07" not in text


def test_a_command_that_fails_is_not_ok_and_still_tells_its_output(tmp_path: Path) -> None:
    if isinstance(missing := probe(), Missing):
        pytest.skip(f"SANDBOX NOT TESTED: {missing.why}; {missing.help}")
    assert call(tmp_path, "bash", {"command": "echo out; exit 2"}) == ToolResult("Exit code 2\nout", ok=False)
    assert call(tmp_path, "bash", {"command": "true"}) == ToolResult("(Bash completed with no output)")
    late = call(tmp_path, "bash", {"command": "echo out; sleep 60", "timeout": 200})
    assert late == ToolResult("Command timed out after 0.2 s\nout", ok=False)


def test_only_the_tools_asked_for_are_on_offer(tmp_path: Path) -> None:
    toolbox = Toolbox(Workspace(tmp_path), ["read", "glob"])
    assert list(toolbox.pages) == ["read", "glob"]
    assert toolbox.reads_only("read")
    refused = asyncio.run(toolbox.call("write", {"file_path": "a", "content": ""}))
    assert refused == ToolResult("there is no tool 'write'\nthe tools are read, glob", ok=False)
    with pytest.raises(UsageError, match="unknown tool 'fly'"):
        Toolbox(Workspace(tmp_path), ["fly"])


def test_only_tools_that_change_nothing_may_run_side_by_side(tmp_path: Path) -> None:
    toolbox = Toolbox(Workspace(tmp_path))
    assert {name for name in FILE_TOOLS if toolbox.reads_only(name)} == {"read", "grep", "glob"}


def test_edits_made_at_once_are_all_kept(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("".join(f"<{number}>\n" for number in range(8)))
    toolbox = Toolbox(Workspace(tmp_path))

    async def all_at_once() -> list[ToolResult]:
        calls = ({"file_path": "a", "old_string": f"<{number}>", "new_string": f"[{number}]"} for number in range(8))
        return await asyncio.gather(*(toolbox.call("edit", one) for one in calls))

    assert all(result.ok for result in asyncio.run(all_at_once()))
    assert (tmp_path / "a").read_text() == "".join(f"[{number}]\n" for number in range(8))


def command(*words: str, cwd: Path, stdin: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "backcheck", "tool", *words],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_tool_can_be_called_from_the_shell(tmp_path: Path) -> None:
    (tmp_path / "é.txt").write_text("a = 1\n")
    code, out, _ = command("read", "--workspace", str(tmp_path), '{"file_path": "é.txt"}', cwd=Path("/"))
    assert (code, json.loads(out)) == (0, {"ok": True, "text": "1\ta = 1"})
    code, out, _ = command("read", "--workspace", str(tmp_path), "-", cwd=Path("/"), stdin='{"file_path": "missing"}')
    assert (code, json.loads(out)["ok"]) == (1, False)


def test_a_session_of_shell_calls_notices_a_stale_write(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n")
    session = ("--session", str(tmp_path / "session.json"))
    command("read", *session, '{"file_path": "a"}', cwd=tmp_path)
    (tmp_path / "a").write_text("2\n")
    code, out, _ = command("write", *session, '{"file_path": "a", "content": "3"}', cwd=tmp_path)
    assert (code, json.loads(out)["text"].splitlines()[0]) == (1, "'a' has changed since it was read")
    assert (tmp_path / "a").read_text() == "2\n"


def test_arguments_that_are_not_json_are_wrong_use(tmp_path: Path) -> None:
    code, out, err = command("read", "{file_path: a}", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("error: the arguments are not JSON")
