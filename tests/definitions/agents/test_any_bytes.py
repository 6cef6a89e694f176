"""Any bytes give a definition or a refusal, soon, and what is given fits into the file."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backcheck.definitions.agents import MAX_BYTES, parse_agent
from backcheck.definitions.clients import STRICT_YAML, load_in
from backcheck.errors import UsageError

if TYPE_CHECKING:
    from backcheck.definitions.agents import Agent

STRICT = "---\nname: keeper\ndescription: >\n  Keeps\n  bées 🐝\ntools: [Read, Bash]\nhooks:\n  pre: |+\n    one\n\n---\nBody\n"
BROKEN = (
    '---\nName: keeper\ndescription: Keeps: "bées"\n\nuser: hi\n\ncolor:red\ntools:\n\t- Read\n----\n# Body\n\n---\n'
)
FILES = (STRICT.encode(), BROKEN.encode(), BROKEN.replace("\n", "\r\n").encode("utf-16"), BROKEN.encode("cp1252"))
PIECES = [
    *(
        b"---\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\t",
        b": ",
        b" #",
        b"&a ",
        b"*a ",
        b"!x ",
        b"[",
        b"{",
        b"]",
        b"}",
        b'"',
        b"'",
        b"|\n",
    ),
    *(
        b">\n",
        b"- ",
        b"? ",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"description: ",
        b"<<: *a\n",
        b"...\n",
        b"```\n",
        b"%",
        b"\\n",
    ),
    *(
        b"\xe2\x80\xa8",
        b"\xc2\x85",
        b"<!--",
        b"-->",
        b"\x1b",
        b"!!int ",
        b"2020-01-01",
        b"1:30",
        b"|2+\n",
        b"\xff\xfe",
        b"  ",
    ),
]


def read(content: bytes) -> Agent | None:
    """Return the definition, which has to fit into its file; None where it was refused."""
    try:
        agent = parse_agent(content, Path("keeper.md"))
    except UsageError:
        agent = None
    load_in(STRICT_YAML, content, Path("keeper.md"), meant=agent.description if agent else None)
    if agent:
        last = agent.front.start
        for span in sorted(agent.spans.values(), key=lambda span: span.entry.start):
            assert last <= span.entry.start <= span.value.start <= span.value.end == span.entry.end
            last = span.entry.end
        assert 0 <= last <= agent.front.end <= agent.body_span.start <= agent.body_span.end <= len(content)
    return agent


@pytest.mark.parametrize("content", FILES, ids=range(len(FILES)))
def test_a_file_cut_short_anywhere_is_read_or_refused(content: bytes) -> None:
    found = [read(content[:length]) for length in range(len(content) + 1)]

    assert found[0] is None
    assert found[-1] is not None
    assert found[-1].name == "keeper"


@pytest.mark.parametrize("seed", range(4))
def test_a_file_with_anything_put_into_it_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(100):
        content = bytearray(chance.choice(FILES))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(content) + 1)
            content[at : at + chance.choice((0, 0, 1, 9))] = chance.choice(PIECES) * chance.choice((1, 1, 3))
        read(bytes(content))
    read(chance.randbytes(2_000))


@pytest.mark.parametrize(
    "unit", ["a: b: c\n", "[", "- ", "a: [b]\n", "\r\n", "\0", "```\n", "# a\n", "&a *a ", "é🐝", "\t"]
)
@pytest.mark.parametrize("head", ["---\nname: keeper\ndescription: bees ", ""], ids=["in a field", "alone"])
def test_a_megabyte_of_anything_is_read_or_refused(unit: str, head: str) -> None:
    content = (head + unit * MAX_BYTES).encode()[:MAX_BYTES]

    agent = read(content)

    assert (agent is not None) == bool(head)
