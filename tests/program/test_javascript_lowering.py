"""JavaScript and TypeScript in the common form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backcheck.program import Module, load
from backcheck.program.form import (
    Assign,
    Attribute,
    Await,
    Call,
    Class,
    Define,
    Evaluate,
    Export,
    Expr,
    Function,
    If,
    Import,
    Literal,
    Loop,
    Mapping,
    Name,
    Opaque,
    Operation,
    Return,
    Template,
    Try,
    walk,
)
from backcheck.source import collect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Lower = Callable[..., Module]


@pytest.fixture
def lower(tmp_path: Path) -> Lower:
    def lower(source: str, name: str = "it.ts") -> Module:
        (tmp_path / name).write_text(source, encoding="utf-8")
        return load(collect(tmp_path)).modules[name]

    return lower


def value_of(module: Module) -> Expr:
    """Return the value of the last assignment."""
    statement = next(each for each in reversed(module.body) if isinstance(each, Assign))
    assert statement.value is not None
    return statement.value


def imports(module: Module) -> list[tuple[str, str | None, str]]:
    return [(each.source, each.name, each.local) for each in module.body if isinstance(each, Import)]


def test_every_form_of_import_binds_its_names(lower: Lower) -> None:
    module = lower(
        "import a, { b as c } from 'm'\nimport * as n from 'n'\nimport 'side'\nimport r = require('r')\n"
        "const x = require('x'), { y, z: w = 1 } = require('x')\nconst v = require('x').v\n"
    )
    assert imports(module) == [
        ("m", "default", "a"), ("m", "b", "c"), ("n", None, "n"), ("side", None, ""), ("r", None, "r"),
        ("x", None, "x"), ("x", "y", "y"), ("x", "z", "w"), ("x", "v", "v"),
    ]  # fmt: skip


def test_a_type_only_import_says_so(lower: Lower) -> None:
    module = lower("import type { A } from 'm'\nimport { type B, C } from 'm'\n")
    assert [each.type_only for each in module.body if isinstance(each, Import)] == [True, True, False]


def test_a_require_in_a_function_is_an_import_too(lower: Lower) -> None:
    module = lower("function f() { const x = require('x'); return x }\n", "it.js")
    assert [node.source for node in walk(*module.body) if isinstance(node, Import)] == ["x"]


def test_every_form_of_export_names_what_it_exports(lower: Lower) -> None:
    module = lower(
        "export const a = 1, { b } = c\nexport function f() {}\nexport default class K {}\nexport { d as e }\n"
        "export { g as h } from './m'\nexport * from './n'\n"
    )
    exports = [(each.name, each.source) for each in module.body if isinstance(each, Export)]
    assert exports == [
        ("a", None), ("b", None), ("f", None), ("default", None), ("e", None), ("h", "./m"), ("*", "./n"),
    ]  # fmt: skip


def test_types_are_erased_and_plain_annotations_are_kept(lower: Lower) -> None:
    module = lower(
        "function f(a: Svc, b: Map<string, number>, c: ns.T | null, d: string[]): Promise<X> { return a as any }\n"
    )
    match module.body:
        case (Define(Function(parameters=(a, b, c, d), returns=Name("Promise"), body=(Return(Name("a")),))),):
            assert isinstance(a.annotation, Name)
            assert a.annotation.id == "Svc"
            assert isinstance(b.annotation, Name)
            assert isinstance(c.annotation, Attribute)
            assert d.annotation is None
        case other:
            pytest.fail(f"lowered to {other}")


def test_interfaces_types_and_declarations_leave_nothing(lower: Lower) -> None:
    assert (
        lower(
            "interface I { a: string }\ntype T = I\ndeclare module 'x' { const y: number }\ndeclare const z: T\n"
        ).body
        == ()
    )


def test_a_class_has_fields_and_decorated_methods(lower: Lower) -> None:
    module = lower(
        "@Controller('/x')\nexport class K extends Base<T> {\n  @Inject() svc: Svc\n  @Get('/') async list(@Body() b: B) {}\n}\n"
    )
    match module.body:
        case (
            Class("K", (Name("Base"),), (Assign(decorators=(Call(),)), Define(method)), decorators=(Call(),)),
            Export("K"),
        ):
            assert (method.name, method.is_async, len(method.decorators)) == ("list", True, 1)
        case other:
            pytest.fail(f"lowered to {other}")


def test_a_parameter_property_sets_its_field(lower: Lower) -> None:
    module = lower("class K { constructor(private readonly svc: Svc) {} }\n")
    match module.body:
        case (Class(body=(Define(Function(body=(Assign((Attribute(Name("this"), "svc"),), Name("svc")),))),)),):
            pass
        case other:
            pytest.fail(f"lowered to {other}")


def test_a_class_expression_stands_before_the_statement_that_holds_it(lower: Lower) -> None:
    module = lower("module.exports = class Shop {}\n", "it.js")
    match module.body:
        case (Class("Shop"), Assign(value=Name("Shop"))):
            pass
        case other:
            pytest.fail(f"lowered to {other}")


def test_an_enum_is_an_object_with_its_values(lower: Lower) -> None:
    match value_of(lower("enum E { A, B = 5, C, D = 'd' }\n")):
        case Mapping(entries):
            assert [value.value for _, value in entries if isinstance(value, Literal)] == [0, 5, 6, "d"]
        case other:
            pytest.fail(f"lowered to {other}")


@pytest.mark.parametrize(
    "source, value",
    [
        (r"x = 'a\x41\u{42}\n'", "aAB\n"), ("x = `plain`", "plain"), ("x = 0x1F", 31), ("x = 1_000", 1000),
        ("x = 10n", 10), ("x = .5", 0.5), ("x = true", True), ("x = null", None),
    ],
)  # fmt: skip
def test_literals_have_their_values(lower: Lower, source: str, value: object) -> None:
    literal = value_of(lower(source))
    assert isinstance(literal, Literal)
    assert literal.value == value


def test_templates_keep_their_pieces_in_order(lower: Lower) -> None:
    match value_of(lower("x = sql`a ${b}/c\\n`")):
        case Call(Name("sql"), (Template((Literal("a "), Name("b"), Literal("/c\n"))),)):
            pass
        case other:
            pytest.fail(f"lowered to {other}")


def test_a_switch_is_a_chain_of_branches(lower: Lower) -> None:
    module = lower("switch (x) { case 1: case 2: f(); break; case 3: g(); break; default: h() }\n")
    match module.body:
        case (If(Operation("||"), (Evaluate(),), (If(Operation("=="), _, (Evaluate(Call(Name("h"))),)),)),):
            pass
        case other:
            pytest.fail(f"lowered to {other}")


def test_loops_keep_target_iterable_test_and_step(lower: Lower) -> None:
    module = lower(
        "for (let i = 0; i < 3; i++) f(i)\nfor await (const [a] of b) f(a)\nfor (k in o) f(k)\ndo { f() } while (x)\n"
    )
    match module.body:
        case (
            Assign(),
            Loop(None, None, Operation("<"), (Evaluate(), Assign(operator="+"))),
            Loop(iterable=Name("b"), is_async=True),
            Loop(iterable=Opaque("keys")),
            Loop(test=Name("x")),
        ):
            pass
        case other:
            pytest.fail(f"lowered to {other}")


def test_optional_chaining_casts_and_parentheses_leave_the_expression(lower: Lower) -> None:
    match value_of(lower("x = (a?.b! as any)?.[c]?.(await d)")):
        case Call(args=(Await(Name("d")),)):
            pass
        case other:
            pytest.fail(f"lowered to {other}")


def test_jsx_keeps_the_calls_in_it(lower: Lower) -> None:
    module = lower("const x = <A b={f()}>{g(<i>{h()}</i>)}</A>\n", "it.tsx")
    assert [
        node.callee.id for node in walk(*module.body) if isinstance(node, Call) and isinstance(node.callee, Name)
    ] == ["f", "g", "h"]


def test_try_and_labels_lose_no_statement(lower: Lower) -> None:
    module = lower("try { a() } catch { b() } finally { c() }\nout: while (1) { d(); continue out }\n")
    assert isinstance(module.body[0], Try)
    assert sum(isinstance(node, Call) for node in walk(*module.body)) == 4


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "(\n" * 3000 + "1" + ")\n" * 3000,
        "x = " + "+\n".join(["a"] * 5000),
        "x = a" + "\n.b()" * 5000,
        "x = " + "[\n" * 3000 + "]\n" * 3000,
        "if (a) b; else\n" * 3000 + "c()",
        "switch (a) {" + "".join(f"case {n}: f({n});\n" for n in range(3000)) + "}",
        "x = " + "() =>\n" * 3000 + "1",
        "{\n" * 3000 + "}\n" * 3000,
    ],
    ids=["parentheses", "sum", "chain", "arrays", "else-if", "switch", "arrows", "blocks"],
)
def test_no_depth_is_too_deep(lower: Lower, source: str) -> None:
    assert isinstance(lower(source, "it.js"), Module)


def test_what_does_not_parse_is_a_problem_and_the_rest_is_read(lower: Lower) -> None:
    module = lower("const a = 1\nconst b = = 2\nfunction f() {}\n")
    assert [module.place(span).start_line for span in module.problems] == [2]
    assert any(isinstance(each, Define) for each in module.body)


def test_statements_know_where_they_stand(lower: Lower) -> None:
    module = lower("\n  f('ä', g())\n")
    calls = [node for node in walk(*module.body) if isinstance(node, Call)]
    assert [(module.place(call).start_line, module.place(call).start_column) for call in calls] == [(2, 3), (2, 10)]
