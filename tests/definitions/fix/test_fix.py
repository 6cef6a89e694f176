"""Mends of definitions: what each fault becomes, and that nothing else of the file changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from backcheck.definitions.agents import parse_agent
from backcheck.definitions.clients import CLAUDE_CODE, Outcome, load_in
from backcheck.definitions.fix import fixed, unified
from backcheck.errors import UsageError

PATH = Path("a.md")


def definition(fields: str, body: str = "Body\n") -> str:
    return f"---\nname: a\n{fields}\n---\n{body}"


# Fields before and after. `~` is the end of a line that ends in spaces, and `→` a tab.
FIELDS = {
    "a colon on one line is quoted": ("description: one: two", 'description: "one: two"'),
    "the quotes with fewer escapes are taken": ('description: say: "x" "y"', 'description: \'say: "x" "y"\''),
    "double quotes hold both kinds": (
        'description: say: "it\'s"\'s a "x"',
        "description: 'say: \"it''s\"''s a \"x\"'",
    ),
    "a new line that was meant stays an escape": (
        r'description: one.\n\nuser: "x"',
        r'description: "one.\n\nuser: \"x\""',
    ),
    "lines that are not indented become a literal block": (
        'description: Does x.\n\n<example>\nuser: "Do"\n</example>\nmodel: opus',
        'description: |-\n  Does x.\n\n  <example>\n  user: "Do"\n  </example>\nmodel: opus',
    ),
    "lines that are indented stay, below a folded block": (
        "description: one\n    two: three\n    four\nmodel: opus",
        "description: >-\n    one\n    two: three\n    four\nmodel: opus",
    ),
    "spaces at the end of the last line are no part of the text": (
        "description: one: x\ntwo~\nmodel: opus",
        "description: |-\n  one: x\n  two\nmodel: opus",
    ),
    "a text in quotes that goes on at the margin": (
        "description: 'one\ntwo'\ntools: [Read,\nEdit]",
        "description: 'one\n  two'\ntools: [Read,\n  Edit]",
    ),
    "a block without indentation gets one": (
        "description: |\none\ntwo\nmodel: opus",
        "description: |\n  one\n  two\nmodel: opus",
    ),
    "a block that is indented unevenly says how far": (
        "description: |\n   one\n  two\nmodel: opus",
        "description: |2\n   one\n  two\nmodel: opus",
    ),
    "what follows ` #` is kept": ("description: use C # and more", 'description: "use C # and more"'),
    "an anchor that was a word is kept": ("description: &co is a word", 'description: "&co is a word"'),
    "a tag that was a word is kept": ("description: !important do", 'description: "!important do"'),
    "a percent sign begins a text": ("description: %foo", 'description: "%foo"'),
    "an at sign begins a text": ("description: @foo", 'description: "@foo"'),
    "a backtick begins a text": ("description: `foo` it", 'description: "`foo` it"'),
    "an asterisk begins a text": ("description: **Bold** text", 'description: "**Bold** text"'),
    "an apostrophe between single quotes": ("description: 'Claude's best'", 'description: "Claude\'s best"'),
    "a quote between double quotes": ('description: "say "x" now"', "description: 'say \"x\" now'"),
    "a tab is no indentation": (
        "description: x\ntools:\n→- Read\n→- Edit",
        "description: x\ntools:\n  - Read\n  - Edit",
    ),
    "a tab in a text is kept": ("description: one:→two: x", r'description: "one:\ttwo: x"'),
    "a control character is an escape": ("description: a\x1b[31mred", r'description: "a\x1b[31mred"'),
    "NUL is gone": ("description: a\0b", "description: ab"),
    "what only some take for a line end is an escape": (
        "description: one: a\u2028b\x85c",
        r'description: "one: a\u2028b\x85c"',
    ),
    "an emoji stays": ("description: 🎨: x", 'description: "🎨: x"'),
    "spaces at the end stay where they are": (
        "description: one: x~~\nmodel: opus~",
        'description: "one: x"~~\nmodel: opus~',
    ),
    "words that readers take for switches": (
        "description: x\nbackground: yes\ntags: [on, No, yes]",
        'description: x\nbackground: "yes"\ntags: ["on", "No", "yes"]',
    ),
    "dates": ("description: x\nupdated: 2026-01-01", 'description: x\nupdated: "2026-01-01"'),
    "numbers in forms that readers dispute": (
        "description: x\ntags: [1_000, 1:30, 0o17, 1e3, 0777]",
        'description: x\ntags: ["1_000", "1:30", 15, 1000.0, 777]',
    ),
    "keys that readers dispute": (
        "description: x\non: push\nyes: {no: 1}\n2026-01-01: z",
        'description: x\n"on": push\n"yes": {"no": 1}\n"2026-01-01": z',
    ),
    "a key that only some merge": (
        "description: x\nbase: &b {c: 1}\nmetadata:\n  <<: *b\n  d: 2",
        'description: x\nbase: &b {c: 1}\nmetadata:\n  "<<": *b\n  d: 2',
    ),
    "keys with capitals": ("Description: x\nTools: Read", "description: x\ntools: Read"),
    "a key that stands twice": (
        "description: old\nmodel: opus\ndescription: new",
        "# description: old\nmodel: opus\ndescription: new",
    ),
    "three hyphens in a text": ("description: one --- two", r'description: "one --\x2d two"'),
    "three hyphens in a block": (
        "description: |\n  one\n  ---\n  two\nmodel: opus",
        'description: "one\\n--\\x2d\\ntwo\\n"\nmodel: opus',
    ),
    "three hyphens in comments": (
        "# --- what ---\ndescription: x\ntools:\n  # ---\n  - Read\nmodel: opus # ---->",
        "# === what ===\ndescription: x\ntools:\n  # ===\n  - Read\nmodel: opus # ====>",
    ),
    "comments, order and the form of other fields stay": (
        "# first\ndescription: one: x\nmodel:   'opus'  # mine\ntools: [ Read,\n  Edit ] # only\n# last",
        "# first\ndescription: \"one: x\"\nmodel:   'opus'  # mine\ntools: [ Read,\n  Edit ] # only\n# last",
    ),
}


@pytest.mark.parametrize("before, after", FIELDS.values(), ids=FIELDS)
def test_a_field_is_mended_where_it_stands(before: str, after: str) -> None:
    marks = {ord("~"): " ", ord("→"): "\t"}
    before, after = (definition(fields.translate(marks)) for fields in (before, after))

    assert fixed(before.encode(), PATH).content.decode() == after


FILES = {
    "blank lines above": ("\n\n---\nname: a\ndescription: x\n---\nB", "---\nname: a\ndescription: x\n---\nB"),
    "a comment above": (
        "<!-- mine --->\n# all rights\n---\nname: a\ndescription: x\n---\nB",
        "---\n# <!-- mine ===>\n# all rights\nname: a\ndescription: x\n---\nB",
    ),
    "a code fence around all": (
        "```markdown\n---\nname: a\ndescription: x\n---\nB\n```\n",
        "---\nname: a\ndescription: x\n---\nB",
    ),
    "a code fence around the fields": (
        "```yaml\nname: a\ndescription: x\n```\nB\n",
        "---\nname: a\ndescription: x\n---\nB\n",
    ),
    "more hyphens": ("----\nname: a\ndescription: x\n-----\nB", "---\nname: a\ndescription: x\n---\nB"),
    "dots for a fence": ("---\nname: a\ndescription: x\n...\nB", "---\nname: a\ndescription: x\n---\nB"),
    "no fence at the end": ("---\nname: a\ndescription: x\n\nB\n", "---\nname: a\ndescription: x\n---\n\nB\n"),
    "nothing after the fields": ("---\nname: a\ndescription: x: y", '---\nname: a\ndescription: "x: y"\n---\n'),
    "a margin": (
        "  ---\n  name: a\n  description: >\n    x\n    y\n  ---\n  B\n",
        "---\nname: a\ndescription: >\n  x\n  y\n---\n  B\n",
    ),
    "line ends of Windows": (
        "---\r\nname: a\r\ndescription: one: x\r\n\r\ntwo\r\n---\r\nB\r\nC\n",
        "---\r\nname: a\r\ndescription: |-\r\n  one: x\r\n\r\n  two\r\n---\r\nB\r\nC\n",
    ),
    "comments in a file of Windows": (
        "<!-- x -->\r\n---\r\nname: a\r\nname: b\r\n# ---\r\ndescription: x\r\n---\r\nB",
        "---\r\n# <!-- x -->\r\n# name: a\r\nname: b\r\n# ===\r\ndescription: x\r\n---\r\nB",
    ),
    "line ends that are mixed": (
        "---\r\nname: a\ndescription: one: x\r\nmodel: opus\n---\r\nB\n",
        '---\r\nname: a\ndescription: "one: x"\r\nmodel: opus\n---\r\nB\n',
    ),
    "line ends of an old Mac": ("---\rname: a\rdescription: x\r---\rB\rC", "---\nname: a\ndescription: x\n---\nB\rC"),
    "a byte order mark": ("\ufeff---\nname: a\ndescription: x\n---\nB", "---\nname: a\ndescription: x\n---\nB"),
    "NUL in the body": ("---\nname: a\ndescription: x: y\n---\nB\0C", '---\nname: a\ndescription: "x: y"\n---\nB\0C'),
}


@pytest.mark.parametrize("before, after", FILES.values(), ids=FILES)
def test_a_file_is_mended_around_its_fields(before: str, after: str) -> None:
    assert fixed(before.encode(), PATH).content.decode() == after


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_other_encodings_become_utf_8_with_the_same_text(encoding: str) -> None:
    text = definition("description: Café “fine”", "Blütenhonig\r\nB\n")

    assert fixed(text.encode(encoding), PATH).content.decode() == text


def test_bytes_of_the_body_that_are_no_text_are_kept() -> None:
    body = "Größe: ß\n".encode() + b"\xff\xfe\x00\n"

    after = fixed(definition("description: größer: x", "").encode() + body, PATH).content

    assert after == definition('description: "größer: x"', "").encode() + body


EVERY = [definition(fields.translate({ord("~"): " ", ord("→"): "\t"})) for fields, _ in FIELDS.values()]
EVERY += [before for before, _ in FILES.values()]


@pytest.mark.parametrize("before", EVERY, ids=[*FIELDS, *FILES])
def test_every_reader_finds_in_the_mended_file_what_backcheck_finds_in_the_first(before: str) -> None:
    was = parse_agent(before.encode(), PATH)
    after = fixed(before.encode(), PATH).content

    _, block, body = after.decode().replace("\r\n", "\n").split("---\n", 2)
    strict = {str(key): value for key, value in yaml.safe_load(block).items()}
    loaded = load_in(CLAUDE_CODE, after, PATH, meant=was.description)
    assert strict == was.fields
    assert body.replace("\r", "\n").replace("\0", "") == was.body
    assert (loaded.outcome, loaded.name, loaded.description) == (Outcome.LOADS, was.name, was.description)
    assert fixed(after, PATH).content == after
    assert fixed(after, PATH).changes == ()


@pytest.mark.parametrize(
    "fields",
    [
        "description: A plain one\ntools: Read, Edit\nmodel: opus",
        "description: >\n  folded\n  text\ntools:\n  - Read\n  - Edit # last",
        'description: "one: \\"two\\""\nmetadata: {version: 1.10, live: false}',
        "description: x\ntools:\ncolor: ~\nskills: []",
        "description: |\n  ```yaml\n  a: b\n  ```\nmodel: opus",
        "description: x\nalpha: &x [1]\nbeta: *x",
        "description: use \\d+ and C:\\temp",
    ],
)
def test_a_sound_file_is_the_very_same(fields: str) -> None:
    content = definition(fields).encode()

    done = fixed(content, PATH)

    assert done.content is content
    assert (done.changes, done.left) == ((), "")


def test_a_change_tells_the_fault_its_line_and_what_was_done() -> None:
    text = "\n---\n# ---\nName: a\ncreated: 2026-01-01\ndescription: one: x\n...\nB"

    told = [(change.rule, change.line, change.what) for change in fixed(text.encode(), PATH).changes]

    assert sorted(told, key=lambda one: one[1]) == [
        ("text-before-front-matter", 1, "what stood above the front matter is gone, or a comment in it"),
        ("loose-fence", 3, "a comment holds no `---`"),
        ("capital-key", 4, "the key `name` is written as clients know it"),
        ("disputed-word", 5, "`created` stands in quotes"),
        ("unquoted-colon", 6, "`description` stands in quotes"),
        ("loose-fence", 7, "a plain `---` in place of a loose fence"),
    ]


@pytest.mark.parametrize(
    "content, why",
    [
        (b"# Only a heading\n", "no front matter"),
        (b"---\nname: a\n---\n", "has no description"),
        (b"---\nname: a\ndescription: 5\n---\n", "the description is no text"),
        (b"---\nname: a\ndescription: [x, y]\n---\n", "the description is no text"),
        (b"---\nname: a\ndescription: " + "größe".encode() * 3 + b"\xff\n---\n", "no UTF-8"),
        ("---\nname: a\ndescription: x\n---\n".encode("utf-16") + b"\x00\xd8", "mean nothing"),
        (b"---\nname: a\ndescription: x\n" + b"".join(b"k%d: v\n" % n for n in range(900)) + b"---\n", "902 fields"),
    ],
)
def test_what_cannot_be_mended_without_a_guess_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        fixed(content, PATH)


@pytest.mark.parametrize(
    "content, left",
    [
        (b"---\ndescription: x: y\n---\n", "there is no name"),
        (b"---\nname: a:b\ndescription: x: y\n---\n", "colon"),
        (b"---\nname: a\ndescription: x: y\nhooks: 3\n---\n", "hooks"),
    ],
)
def test_what_only_a_person_can_mend_is_said_and_the_rest_is_mended(content: bytes, left: str) -> None:
    done = fixed(content, PATH)

    assert left in done.left
    assert b'"x: y"' in done.content


@pytest.mark.parametrize(
    "content",
    [
        b"---\nname: a\ndescription: x: y\n" + b"[" * (1 << 16),
        b"---\nname: a\ndescription: x: y\nt: " + b"[" * 2000 + b"\n---\n",
        b"---\nname: a\ndescription: x: y\na: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n---\n",
        b"---\nname: a\ndescription: " + b'x: "y" ' * 10_000 + b"\n---\n",
        b"---\nname: a\ndescription: x: y\n" + b"line of a text: z\n" * 3_000 + b"---\n",
        bytes(range(256)) * 100,
        b"---\n" * 5000,
        b"",
    ],
    ids=["brackets", "nested", "bomb", "large", "long", "bytes", "fences", "empty"],
)
def test_hostile_files_are_mended_or_refused_and_never_more(content: bytes) -> None:
    try:
        done = fixed(content, PATH)
    except UsageError:
        return
    assert parse_agent(done.content, PATH).fields == parse_agent(content, PATH).fields


TOOLS = {
    "renamed": ("tools: Read, MultiEdit, Grep", "tools: Read, Edit, Grep"),
    "not doubled": ("tools: Read, MultiEdit, Edit", "tools: Read, Edit"),
    "not doubled at the start": ("tools: MultiEdit, Edit, LS", "tools: Edit, Glob"),
    "in a list": ("tools: [Read, \"MultiEdit\", 'LS', Edit]", "tools: [Read, 'Glob', Edit]"),
    "in lines": (
        "tools:\n  - Read\n  - MultiEdit  # many\n  - Edit # no MultiEdit\n  - LS",
        "tools:\n  - Read\n  - Edit # no MultiEdit\n  - Glob",
    ),
    "between spaces": ("tools: Read MultiEdit Edit", "tools: Read Edit"),
    "with a pattern": ("tools: MultiEdit(src/**), Read", "tools: Edit(src/**), Read"),
    "gone without a successor": ("tools: Read, TodoWrite", "tools: Read, TodoWrite"),
    "of a server": ("tools: mcp__x__LS, LS, NotebookRead, Read", "tools: mcp__x__LS, Glob, Read"),
    "under a misspelt key": ("allowed-tools: Read, LS", "tools: Read, Glob"),
    "under a key with a space": ("allowed tools: Read, LS", "tools: Read, Glob"),
    "forbidden under a misspelt key": ("disallowed-tools: Write", "disallowedTools: Write"),
    "misspelt beside the right key": ("allowed-tools: Write\ntools: Read", "allowed-tools: Write\ntools: Read"),
}


@pytest.mark.parametrize("before, after", TOOLS.values(), ids=TOOLS)
def test_tools_get_the_names_of_today_on_demand(before: str, after: str) -> None:
    content = definition(f"description: MultiEdit and LS\n{before}").encode()

    done = fixed(content, PATH, tools=True)

    assert done.content.decode() == definition(f"description: MultiEdit and LS\n{after}")
    assert fixed(content, PATH).content == content
    assert fixed(done.content, PATH, tools=True).content == done.content


@pytest.mark.parametrize("blank", ["", "\n", "\n\n"])
@pytest.mark.parametrize("other", ['color: "a: b"', "color: a: b"], ids=["sound", "mended"])
def test_blank_lines_that_a_last_block_keeps_are_no_fault(other: str, blank: str) -> None:
    content = definition(f"{other}\ndescription: |+\n  Use it for x.\n{blank}").encode()

    done = fixed(content, PATH)

    assert done.content.decode() == definition(f'color: "a: b"\ndescription: |+\n  Use it for x.\n{blank}')
    assert not done.left


def test_a_restriction_that_would_leave_no_tool_is_left_for_a_person() -> None:
    content = definition("description: x: y\nallowed-tools: read").encode()

    done = fixed(content, PATH, tools=True)

    assert b'"x: y"' in done.content
    assert b"\nallowed-tools: read" in done.content
    assert "no tool" in done.left


def test_a_diff_shows_only_the_front_matter_and_no_character_that_acts() -> None:
    before = definition("description: a\x1b[31m: \u202e", "same\n" * 50)
    after = definition('description: "x"', "same\n" * 50)

    shown = unified(before.encode(), after.encode(), "a\x1b.md")

    assert shown == (
        "--- a\\x1b.md\n+++ a\\x1b.md\n@@ -1,6 +1,6 @@\n ---\n name: a\n"
        '-description: a\\x1b[31m: \\u202e\n+description: "x"\n ---\n same\n same\n'
    )
