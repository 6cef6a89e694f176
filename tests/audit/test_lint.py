"""Linting definitions: what is judged, what is left aside, where a fault stands, and that nothing passes unread."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from typing import TYPE_CHECKING

import pytest

from backcheck.audit import Options, audit, lint
from backcheck.definitions.checklists import load_checklist
from backcheck.definitions.clients import STRICT_YAML
from backcheck.definitions.items import Area, load_items
from backcheck.errors import ExitCode, UsageError
from backcheck.findings import Outcome, Severity, Verdict
from backcheck.reports import render

if TYPE_CHECKING:
    from pathlib import Path

    from backcheck.findings import AuditResult, ItemVerdict, JudgedSubject

GOOD = "---\nname: keeper\ndescription: Use to plan work with bees.\n---\nYou keep bees.\n"


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def verdict(result: AuditResult, item: str) -> ItemVerdict:
    return next(found for found in result.verdicts if found.item == item)


def only(result: AuditResult, item: str) -> JudgedSubject:
    """The one failure of an item."""
    (failing,) = [one for one in verdict(result, item).subjects if one.judgement is Outcome.FAIL]
    return failing


def judged(result: AuditResult) -> list[str]:
    return [subject.id for subject in verdict(result, "definition-dead").subjects]


def test_a_good_definition_passes_every_rule(tmp_path: Path) -> None:
    result = lint([write(tmp_path, {"agents/keeper.md": GOOD})])

    assert {one.verdict for one in result.verdicts} <= {Verdict.PASS, Verdict.NOT_APPLICABLE}
    assert result.exit_code is ExitCode.OK


def test_a_pass_quotes_nothing_and_a_failure_its_place(tmp_path: Path) -> None:
    lost = GOOD.replace("keeper", "builder").replace("---\nYou", "tools: Read, MultiEdit\n---\nYou")
    result = lint([write(tmp_path, {"agents/builder.md": lost, "agents/feeder.md": lost.replace("Multi", "")})])

    quotes = [[evidence.quote for evidence in one.evidence] for one in verdict(result, "ability-lost").subjects]
    assert quotes == [["tools: Read, MultiEdit"], []]


@pytest.mark.parametrize("item", [item.id for item in load_items().values() if item.area is Area.DEFINITIONS])
def test_no_rule_is_in_a_checklist_for_code_and_no_line_of_a_contract_binds_to_one(item: str) -> None:
    assert load_items()[item].answers == ()
    assert item not in load_checklist("ci").items
    assert item not in load_checklist("release").items


# What is a definition


@pytest.mark.parametrize(
    "name, content, is_one",
    [
        (".claude/agents/keeper.md", GOOD, True),
        ("plugins/farm/agents/deep/keeper.md", GOOD, True),
        ("agents/SKILL.md", GOOD, True),
        ("agents/nameless.md", "---\ndescription: Use for bees.\n---\n", True),
        ("agents/mute.md", "---\nname: mute\n---\n", True),
        ("categories/farm/keeper.md", GOOD, True),
        ("README.md", "# Bees\n", False),
        ("agents/README.md", "# Our agents\n", False),
        ("agents/index.md", "---\ntitle: Our agents\n---\n", False),
        ("docs/page.md", "---\ntitle: Bees\ndescription: All about them.\n---\n", False),
        (".claude/commands/feed.md", "---\ndescription: Feed them.\nallowed-tools: Bash\n---\n", False),
        (".claude/skills/feed/SKILL.md", GOOD, False),
        (".github/agents/keeper.agent.md", GOOD, False),
        (".kiro/agents/keeper.md", GOOD, False),
        ("gemini/agents/keeper.md", GOOD, False),
        ("node_modules/farm/agents/keeper.md", GOOD, False),
        ("agents/keeper.txt", GOOD, False),
    ],
)
def test_below_a_folder_what_the_client_takes_for_a_definition_is_judged(
    tmp_path: Path, name: str, content: str, is_one: bool
) -> None:
    write(tmp_path, {"agents/other.md": GOOD.replace("keeper", "other"), name: content})

    assert judged(lint([tmp_path])) == sorted({"agents/other.md", *([name] if is_one else [])})


def test_a_file_that_is_named_is_always_judged(tmp_path: Path) -> None:
    write(tmp_path, {"README.md": "# Bees\n", "keeper.txt": GOOD})

    result = lint([tmp_path / "README.md", tmp_path / "keeper.txt"])

    dead = verdict(result, "definition-dead")
    assert [(one.id, one.judgement) for one in dead.subjects] == [
        ("README.md", Outcome.FAIL),
        ("keeper.txt", Outcome.FAIL),
    ]


def test_what_is_left_aside_is_counted_in_a_note(tmp_path: Path) -> None:
    write(tmp_path, {"agents/keeper.md": GOOD, "README.md": "# Bees\n", "docs/x.md": "x"})

    (note,) = lint([tmp_path]).notes

    assert "2 .md files" in note


def test_links_are_not_followed_out_of_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"in/agents/keeper.md": GOOD, "out/agents/other.md": GOOD})
    (tmp_path / "in/agents/link.md").symlink_to(tmp_path / "out/agents/other.md")
    (tmp_path / "in/more").symlink_to(tmp_path / "out")

    assert judged(lint([tmp_path / "in"])) == ["agents/keeper.md"]


def test_paths_are_relative_to_what_all_that_is_named_shares(tmp_path: Path) -> None:
    write(tmp_path, {"one/agents/keeper.md": GOOD, "two/agents/keeper.md": GOOD})

    result = lint([tmp_path / "one", tmp_path / "two/agents/keeper.md"])

    assert judged(result) == ["one/agents/keeper.md", "two/agents/keeper.md"]
    assert verdict(result, "name-shadowed").verdict is Verdict.PASS


def test_a_file_that_is_named_twice_is_judged_once(tmp_path: Path) -> None:
    write(tmp_path, {"agents/keeper.md": GOOD})

    result = lint([tmp_path, tmp_path / "agents", tmp_path / "agents/keeper.md"])

    assert judged(result) == ["agents/keeper.md"]
    assert verdict(result, "name-shadowed").verdict is Verdict.PASS


# Nothing passes unread


def test_a_file_that_is_too_large_makes_every_pass_unknown(tmp_path: Path) -> None:
    write(tmp_path, {"agents/keeper.md": GOOD, "agents/huge.md": b"---\nname: huge\n" + b"a" * (2 << 20)})

    result = lint([tmp_path])

    assert [unread.path for unread in result.unread] == ["agents/huge.md"]
    assert verdict(result, "definition-dead").verdict is Verdict.UNKNOWN
    assert result.exit_code is ExitCode.UNDECIDED


def test_a_folder_without_a_definition_decides_nothing(tmp_path: Path) -> None:
    result = lint([write(tmp_path, {"README.md": "# Bees\n"})])

    assert {one.verdict for one in result.verdicts} == {Verdict.UNKNOWN}
    assert result.exit_code is ExitCode.UNDECIDED


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        bytes(range(256)),
        b"---\n" + b"[" * (1 << 17),
        b"---\nname: x\ndescription: y\ntools: " + b"[" * 300 + b"\n---\n",
        b"---\na: &a [x, x, x]\nb: &b [*a, *a, *a]\nname: x\ndescription: y\ntools: [*b, *b]\n---\n",
        b"---\r---\rname: x\rdescription: y\r---\rbody\r",
        codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"),
        b"---\nname: x\ndescription: y\n---\n" + "\u200b".encode() * 10_000,
        b"---\nname: x\ndescription: y\n---\n" + b"- [ ] p95 < 200 ms\n- [ ] p95 < 300 ms\n" * 500,
    ],
    ids=range(10),
)
def test_no_bytes_break_a_rule(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.md"
    path.write_bytes(content)

    result = lint([path])

    assert [one.item for one in result.verdicts if one.verdict is Verdict.ERROR] == []


# Where a fault stands


def test_a_fault_in_a_field_is_quoted_with_its_lines_and_columns(tmp_path: Path) -> None:
    text = "---\nname: keeper\ndescription: Use for bées.\ntools:\n  - Read\n  - LS\nmodel: opus\n---\n"
    write(tmp_path, {"agents/keeper.md": text})

    (evidence,) = only(lint([tmp_path]), "tool-retired").evidence

    place = evidence.place
    assert (place.start_line, place.start_column, place.end_line, place.end_column) == (4, 1, 6, 7)
    assert evidence.quote == "tools:\n  - Read\n  - LS"
    assert evidence.sha256 == hashlib.sha256(text.encode()).hexdigest()


def test_columns_count_characters_and_not_bytes(tmp_path: Path) -> None:
    write(tmp_path, {"agents/keeper.md": GOOD.replace("description: Use", "description: Ünd " + "é" * 1100)})

    (evidence,) = only(lint([tmp_path]), "description-too-long").evidence

    assert evidence.quote is not None
    assert evidence.place.end_column == len(evidence.quote) + 1


def test_two_of_one_name_show_the_places_of_both(tmp_path: Path) -> None:
    write(tmp_path, {"agents/one.md": GOOD, "agents/deep/two.md": GOOD, "other/agents/three.md": GOOD})

    failing = [one for one in verdict(lint([tmp_path]), "name-shadowed").subjects if one.judgement is Outcome.FAIL]

    assert [(one.id, [str(at.place) for at in one.evidence]) for one in failing] == [
        ("agents/deep/two.md", ["agents/deep/two.md:2", "agents/one.md:2"]),
        ("agents/one.md", ["agents/one.md:2", "agents/deep/two.md:2"]),
    ]


def test_a_dead_definition_shadows_nobody(tmp_path: Path) -> None:
    write(tmp_path, {"agents/one.md": GOOD, "agents/two.md": "---\nname: keeper\n---\n"})

    assert verdict(lint([tmp_path]), "name-shadowed").verdict is Verdict.PASS


# Secrets and hidden text


@pytest.mark.parametrize(
    "line, is_secret",
    [
        (f"token: ghp_{'a1B2c3D4' * 5}", True),
        (f"export ANTHROPIC_API_KEY=sk-ant-{'q7W8e9R0' * 6}", True),
        ("AKIAQ3EGRVTNB2KLMWPA", True),
        (f"-----BEGIN RSA PRIVATE KEY-----\n{'MIIEpAIBAAKC' * 4}", True),
        ("postgres://ada:k3eper0fHives@db.farm.net/hives", True),
        ("DATABASE_URL=postgres://ada:k3eper0fHives@db.farm.net/hives", True),
        ("AKIAIOSFODNN7EXAMPLE", False),
        ("ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", False),
        ("sk-your-key-here-your-key-here-your-key-here", False),
        ("postgres://postgres:postgres@localhost:5432/test", False),
        ("postgres://user:password@db.farm.net/hives", False),
        ("postgres://testuser:testpass@postgres:5432/testdb", False),
        ("-----BEGIN PRIVATE KEY-----\n...", False),
    ],
)
def test_a_secret_is_found_and_its_text_is_in_no_report(tmp_path: Path, line: str, is_secret: bool) -> None:
    write(tmp_path, {"agents/keeper.md": f"{GOOD}\n{line}\nmodel"})

    result = lint([tmp_path])

    assert (verdict(result, "secret-in-definition").verdict is Verdict.FAIL) == is_secret
    if is_secret:
        (evidence,) = only(result, "secret-in-definition").evidence
        assert (evidence.quote, evidence.redacted, evidence.place.start_line) == (None, True, 7)
        for form in ("json", "sarif", "markdown", "terminal", "github"):
            assert re.split(r"[=\n]", line)[-1 if "=" in line else 0] not in render(form, result, load_items())


def test_a_line_with_a_secret_is_quoted_by_no_other_rule(tmp_path: Path) -> None:
    token = f"ghp_{'a1B2c3D4' * 5}"
    write(tmp_path, {"agents/keeper.md": GOOD.replace("bees.", f"bees {token}. " + "Honey. " * 200)})

    text = render("json", lint([tmp_path]), load_items())

    assert json.loads(text)["exit_code"] == 1
    assert token not in text


@pytest.mark.parametrize(
    "char, is_hidden",
    [
        ("a\u202eb", True),
        ("a\u2066b", True),
        ("a\u200bb", True),
        ("a\u200db", True),
        ("a\ufeffb", True),
        ("a\U000e0041b", True),
        ("a\x1b[31mb", True),
        ("a\ufe00\ufe01b", True),
        ("\U0001f642\u200d\u2194\ufe0f", False),
        ("\U0001f468\u200d\U0001f33e", False),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", False),
        ("\u0645\u06cc\u200c\u062e\u0648", False),
        ("\u05e9\u05dc\u05d5\u05dd\u200f!", False),
        ("\u0915\u094d\u200d\u0937", False),
        ("caf\u00e9 \u2014 \u2192 \u00a0", False),
    ],
)
def test_hidden_characters_are_found_where_nothing_calls_for_them(tmp_path: Path, char: str, is_hidden: bool) -> None:
    write(tmp_path, {"agents/keeper.md": f"{GOOD}{char}\n"})

    assert (verdict(lint([tmp_path]), "text-hidden").verdict is Verdict.FAIL) == is_hidden


# Choice of rules and client


def test_rules_are_chosen_by_id_and_by_severity(tmp_path: Path) -> None:
    write(tmp_path, {"agents/keeper.md": GOOD})

    assert [one.item for one in lint([tmp_path], rules=["tools-empty"]).verdicts] == ["tools-empty"]
    assert {one.severity for one in lint([tmp_path], severities=[Severity.HIGH]).verdicts} == {Severity.HIGH}


def test_a_rule_that_does_not_exist_is_refused_with_the_closest_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no item 'tool-empty'") as caught:
        lint([tmp_path], rules=["tool-empty"])
    assert "tools-empty" in caught.value.help


def test_a_rule_about_code_is_none_about_definitions(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no item 'sql-injection'"):
        lint([tmp_path], rules=["sql-injection"])


def test_a_client_that_nobody_measured_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="claude-code@1"):
        lint([tmp_path], client="claude-code@1")


def test_a_path_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file or folder"):
        lint([tmp_path / "nowhere"])


def test_a_reader_of_yaml_alone_has_no_tools_to_judge(tmp_path: Path) -> None:
    write(tmp_path, {"agents/keeper.md": GOOD.replace("---\nYou", "tools: Raed\n---\nYou")})

    result = lint([tmp_path], client=STRICT_YAML)

    assert verdict(result, "definition-dead").verdict is Verdict.PASS
    assert verdict(result, "no-live-tool").verdict is Verdict.NOT_APPLICABLE


# As part of an audit


def test_an_audit_judges_the_definitions_of_a_repository_where_it_is_asked_to(shop: Path) -> None:
    write(shop, {".claude/agents/keeper.md": GOOD.replace("---\nYou", "tools:\n---\nYou")})

    result = audit(shop, Options(items=("tools-empty", "call-without-timeout")))

    assert [(one.item, one.verdict) for one in result.verdicts] == [
        ("tools-empty", Verdict.FAIL),
        ("call-without-timeout", Verdict.FAIL),
    ]
    assert only(result, "tools-empty").evidence[0].quote == "tools:"


def test_the_area_alone_means_all_of_its_rules(shop: Path) -> None:
    write(shop, {".claude/agents/keeper.md": GOOD})

    result = audit(shop, Options(areas=("definitions",)))

    assert {one.item for one in result.verdicts} == {
        item.id for item in load_items().values() if item.area is Area.DEFINITIONS
    }
    assert result.exit_code is ExitCode.OK


def test_an_audit_of_a_repository_without_definitions_is_undecided_about_them(shop: Path) -> None:
    assert audit(shop, Options(items=("tools-empty",))).exit_code is ExitCode.UNDECIDED
