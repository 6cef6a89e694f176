"""Where each field stands in the bytes of its file, whatever the file's encoding and line ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from backcheck.definitions.agents import Agent, parse_agent
from backcheck.definitions.agents.encoding import decode
from backcheck.definitions.agents.yaml_core import read_mapping

STRICT = """---
name: keeper
"description":  Keeps 🐝 and
  café
tools:
- Read
- Bash   # never more
model: 'sonnet'

color:
skills: [a, b]   # two
hooks:
  pre: |+
    one

    two

# a note
effort: &e high
level: *e
notes: >-
  folded
  text
---

Body with café.
"""
VALUES = {
    "name": "keeper",
    "description": "Keeps 🐝 and\n  café",
    "tools": "- Read\n- Bash",
    "model": "'sonnet'",
    "color": "",
    "skills": "[a, b]",
    "hooks": "pre: |+\n    one\n\n    two\n",
    "effort": "&e high",
    "level": "*e",
    "notes": ">-\n  folded\n  text",
}
WRITTEN = {
    "utf-8": str.encode,
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "carriage returns": lambda text: text.replace("\n", "\r\n").encode(),
    "old line ends": lambda text: text.replace("\n", "\r").encode(),
    "utf-16": lambda text: text.replace("\n", "\r\n").encode("utf-16"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-be"),
    "utf-32": lambda text: text.encode("utf-32"),
    "nul": lambda text: text.replace("e", "e\0").encode(),
    "windows-1252": lambda text: text.replace("🐝", "bees").encode("cp1252"),
    "damaged utf-8": lambda text: text.encode().replace(b"with", b"\xe2\x80 with"),
    "a margin": lambda text: "".join(
        f"  {line}" if line.strip() else line for line in text.splitlines(keepends=True)
    ).encode(),
    "a code fence": lambda text: f"\n```markdown\n{text}```\n".encode(),
}


def text_at(content: bytes, start: int, end: int) -> str:
    text = content[start:end].decode(decode(content).encoding, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_the_bytes_of_every_value_are_the_value_as_written(write) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    content = write(STRICT)
    agent = parse_agent(content, Path("keeper.md"))

    margin = "  " if content.startswith(b"  ---") else ""
    found = {key: text_at(content, span.value.start, span.value.end) for key, span in agent.spans.items()}
    wanted = {key: value.replace("\n", f"\n{margin}").replace(f"\n{margin}\n", "\n\n") for key, value in VALUES.items()}
    if "bees" in found["description"]:
        wanted["description"] = wanted["description"].replace("🐝", "bees")
    wanted["hooks"] = wanted["hooks"].rstrip(" ")
    assert found == wanted
    assert list(agent.spans) == list(agent.fields)
    assert text_at(content, agent.body_span.start, agent.body_span.end) == agent.body
    front = text_at(content, agent.front.start, agent.front.end)
    assert front.strip().startswith("---\n")
    assert front.endswith(f"\n{margin}---")


@pytest.mark.parametrize("write", [WRITTEN["utf-8"], WRITTEN["carriage returns"], WRITTEN["utf-16"]])
def test_every_entry_read_alone_gives_the_field_back(write) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    content = write(STRICT)
    agent = parse_agent(content, Path("keeper.md"))

    for key, span in agent.spans.items():
        if key != "level":  # an alias means nothing alone
            assert read_mapping(text_at(content, span.entry.start, span.entry.end) + "\n") == {key: agent.fields[key]}


@pytest.mark.parametrize(
    "content",
    [
        STRICT,
        "{name: keeper, description: 'Keeps: bees', tools: [Read, Bash]}\n",
        "---\n{name: keeper, description: 'Keeps: bees', tools: [Read, Bash]}\n---\nBody",
        "---\nname: keeper\ndescription: Keeps: bees\n\nuser: feed\nassistant: yes\n\ntools: Read\n---\nBody",
        "---\nname: keeper\ndescription:\nUse it when: bees\ntools: Read",
        "---\nname: keeper\ndescription: |\nKeeps\n\nbees\ntools: Read\n---",
        "---\r\nName: keeper\r\nDescription:Keeps: bees\r\n\r\nBody",
        "---\nname: keeper\ndescription: knows C # and bees\n---\n",
        "---\ndescription: x\nname: a\nname: b\n---\n",
    ],
)
def test_entries_lie_in_the_front_matter_and_never_overlap(content: str) -> None:
    data = content.encode() if content[0] == "-" else f"---\n{content}---\n".encode()
    agent = parse_agent(data, Path("keeper.md"))

    last = agent.front.start
    for key, span in sorted(agent.spans.items(), key=lambda item: item[1].entry.start):
        assert last <= span.entry.start < span.value.start <= span.value.end == span.entry.end <= agent.front.end
        assert text_at(data, span.entry.start, span.entry.end).lower().lstrip('"').startswith(key)
        assert span.line == text_at(data, 0, span.entry.start).count("\n") + 1
        assert span.last_line == text_at(data, 0, span.entry.end).count("\n") + 1
        last = span.entry.end
    assert agent.front.end <= agent.body_span.start <= agent.body_span.end == len(data)


def spans_of(front: str) -> tuple[Agent, dict[str, str]]:
    data = f"---\n{front}\n---\n".encode()
    agent = parse_agent(data, Path("keeper.md"))
    return agent, {key: text_at(data, span.value.start, span.value.end) for key, span in agent.spans.items()}


def test_a_mended_value_spans_all_that_it_was_read_from() -> None:
    agent, found = spans_of('name: keeper\ndescription: Keeps: bees\n\nuser: "feed"\n\ncolor: red\nmodel:\n  sonnet')

    assert found == {"name": "keeper", "description": 'Keeps: bees\n\nuser: "feed"', "color": "red", "model": "sonnet"}
    assert (agent.spans["description"].line, agent.spans["description"].last_line) == (3, 5)


def test_what_yaml_cut_off_belongs_to_the_value() -> None:
    assert (
        spans_of("name: keeper\ndescription: knows C # and bees\ncolor: red")[1]["description"] == "knows C # and bees"
    )
    assert spans_of("name: keeper\ndescription: #1 of keepers\ncolor: red")[1]["description"] == "#1 of keepers"
