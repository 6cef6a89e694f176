"""Which calls are database queries, and how many rows they may give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.extract.calls.builders import only_adds
from backcheck.extract.calls.catalogue import databases, query_methods
from backcheck.extract.calls.frames import unchained
from backcheck.program import Constant
from backcheck.program.form import Attribute, Call, Import, Literal, Name, Template

if TYPE_CHECKING:
    from backcheck.extract.calls.catalogue import Database
    from backcheck.extract.calls.frames import Frame
    from backcheck.program import Program
    from backcheck.program.form import Expr

_SQL = re.compile(r"\s*(?:--[^\n]*\n\s*)*(?:\(\s*)?(SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|REPLACE)\b\s", re.IGNORECASE)
_RAW_METHODS = frozenset(
    {"query", "execute", "exec", "all", "get", "run", "one", "many", "any", "none", "oneOrNone", "manyOrNone", "raw", "fetch",
     "fetchrow", "fetchval", "fetch_all", "fetch_one", "$queryRawUnsafe", "$executeRawUnsafe", "each", "unsafe"}
)  # fmt: skip
_ASKED = frozenset({"query", "sql", "statement", "stmt", "operation", "command"})
_STATEMENTS = re.compile(
    r"(?:sqlalchemy|sqlmodel)\b.*\.(?:select|insert|update|delete|text|Select|Update|Delete|Insert)\(\)"
)


@dataclass(frozen=True, slots=True)
class Query:
    """A call that runs a query."""

    call: Call
    library: str
    gives: str
    """`many`, `one`, `write`, `page`, `sql` or `statement`, as the tables say."""
    blocking: bool


class Queries:
    """Recognises queries in one program."""

    def __init__(self, program: Program) -> None:
        """Note which database libraries the program imports: evidence where a receiver is unknown."""
        names = {
            node.source.partition(".")[0] if module.language == "python" else _package(node.source)
            for module in program.modules.values()
            for node in module.every(Import)
        }
        self._used = tuple(library for library in databases() if library.imports & names)

        self._any_method = any("*" in library.runs for library in self._used)

    def recognise(self, frame: Frame, call: Call) -> Query | None:
        """Return what the call is as a query; None where it is none, or where nothing shows that it is one."""
        if not isinstance(call.callee, Attribute):
            return self._bare(frame, call)
        method = call.callee.name
        if method not in query_methods() and method not in _RAW_METHODS and not self._any_method:
            return None
        if _is_sql(frame, call) and method in _RAW_METHODS:
            gives = {"one": "one", "get": "one", "fetchrow": "one", "fetchval": "one", "fetch_one": "one"}.get(
                method, "sql"
            )
            return Query(call, "SQL", gives, self._blocking(frame, call, method))
        receiver = frame.symbol(call.callee.value)
        for name in self._names(frame, call.callee, receiver):
            for library in databases():
                if (rows := library.gives(name, method)) is not None:
                    if library.library == "Knex" and only_adds(frame, call):
                        return None
                    return Query(call, library.library, rows, library.blocking and not frame.is_awaited(call))
        return self._by_evidence(frame, call, method) if receiver is None or self._may_be(receiver) else None

    def _may_be(self, receiver: str) -> bool:
        """Whether a receiver that the tables do not name may still be of a database: of this code base, or of such a library."""
        known = tuple(name for library in self._used for name in library.imports)
        return ":" in receiver or receiver.startswith(
            ("global.", "globalThis.", "fastapi.Depends()", "fastapi.Security()", *known)
        )

    def _bare(self, frame: Frame, call: Call) -> Query | None:
        """`query('SELECT …')` by a function of this code base, and tagged templates: the SQL itself is the evidence."""
        match call.callee:
            case Name(id=name) if name in {"query", "execute", "executeQuery", "runQuery", "sql"} and _is_sql(
                frame, call
            ):
                return Query(call, "SQL", "sql", frame.module.language == "python" and not frame.is_awaited(call))
        return None

    def _blocking(self, frame: Frame, call: Call, method: str) -> bool:
        """Whether a call with SQL in it blocks: in Python unless it is awaited; in Node only where the library says so."""
        assert isinstance(call.callee, Attribute)
        if frame.is_awaited(call):
            return False
        symbol = frame.symbol(call.callee.value)
        for library in databases():
            if symbol is not None and library.gives(symbol, method) is not None:
                return library.blocking
        # `async with db.execute(…)` awaits without the word.
        return frame.module.language == "python" and not any("async" in (name or "") for name in (symbol,))

    @staticmethod
    def _names(frame: Frame, callee: Attribute, receiver: str | None) -> frozenset[str]:
        """Return the names under which a receiver may stand in the tables: its own, and the base class its method is of."""
        whole = frame.program.symbol(frame.scope, callee)
        found = (receiver, whole.rpartition(".")[0] if whole is not None else None)
        return frozenset(name.removeprefix("node:") for name in found if name)

    def _by_evidence(self, frame: Frame, call: Call, method: str) -> Query | None:
        """Judge by what the call says itself, where its receiver cannot be known."""
        assert isinstance(call.callee, Attribute)
        blocking = frame.module.language == "python" and not frame.is_awaited(call)
        if (asked := asked_of(call)) is not None and _is_statement(frame, asked):
            return Query(call, "SQLAlchemy", "statement" if method != "scalar" else "one", blocking)
        if frame.module.language == "python":
            return self._legacy(frame, call, method, blocking=blocking)
        for library in self._used:
            if library.library == "Knex" and method in library.runs and _begins_with_table(call):
                return Query(call, library.library, library.runs[method], library.blocking)
            gives = library.runs.get(method) or library.ends.get(method)
            if gives is None:
                continue
            if method in library.distinct or (method in library.models and _is_model(library, call.callee.value, call)):
                return Query(call, library.library, gives, library.blocking)
        return None

    def _legacy(self, frame: Frame, call: Call, method: str, *, blocking: bool) -> Query | None:
        """`db.query(User).….all()` on an untyped session: the chain is SQLAlchemy's own."""
        _, chain = unchained(call)
        begun = [inner for name, inner in chain if name == "query"]
        alchemy = next((library for library in self._used if library.library == "SQLAlchemy"), None)
        if alchemy is None or not begun or begun[0] is call or method not in alchemy.ends:
            return None
        models = [frame.module.text(arg) for arg in begun[0].args]
        if models and all(re.search(r"(?:^|\.)[A-Z]\w*|\bfunc\.", model) for model in models):
            return Query(call, alchemy.library, alchemy.ends[method], blocking)
        return None


_MOST_NAMES = 4
"""Names that one text is followed through; each may be bound in many places."""


def sql_text(frame: Frame, expr: Expr, seen: frozenset[str] = frozenset()) -> str:
    """Return the SQL that an expression holds, holes left blank; empty where it is no text that can be read here.

    ``seen`` holds the names that led here: `sql = sql + more` would go round for ever.
    """
    match expr:
        case Literal(value=str(value)):
            return value
        case Template(parts=parts):
            return " ? ".join(
                part.value if isinstance(part, Literal) and isinstance(part.value, str) else "" for part in parts
            )
        case Call(args=(first, *_)) if getattr(expr.callee, "id", getattr(expr.callee, "name", "")) in {
            "text",
            "sql",
            "SQL",
            "raw",
        }:
            return sql_text(frame, first, seen)
        case Call(callee=Attribute(value=value, name="format" | "strip" | "trim")):
            return sql_text(frame, value, seen)
        case Name(id=name):
            constant = frame.program.constant(frame.scope, expr)
            if isinstance(constant, Constant) and isinstance(constant.value, str):
                return constant.value
            if name in seen or len(seen) > _MOST_NAMES:
                return ""
            bound = (value for value in frame.bound_to(expr) if not isinstance(value, Name))
            return next(filter(None, (sql_text(frame, value, seen | {name}) for value in bound)), "")
        case _ if hasattr(expr, "operands"):
            return " ".join(sql_text(frame, part, seen) for part in expr.operands)
        case _ if hasattr(expr, "entries"):  # node-postgres: query({ text: 'SELECT …' })
            found = (
                value
                for key, value in expr.entries
                if isinstance(key, Literal) and key.value in {"text", "sql", "query"}
            )
            return next((sql_text(frame, value, seen) for value in found), "")
    return ""


def asked_of(call: Call) -> Expr | None:
    """Return what a query is asked: the first argument, or the one that Python's drivers name."""
    if call.args:
        return call.args[0]
    return next((value for name, value in call.keywords if name in _ASKED), None)


def hands_on(frame: Frame, call: Call) -> bool:
    """Whether a function only hands on the statement of its caller, whose own call is recognised by its name: `db.fetch("SELECT …")`."""
    asked = asked_of(call)
    return asked is not None and frame.is_parameter(asked) and frame.name.rpartition(".")[2] in _RAW_METHODS


def _is_sql(frame: Frame, call: Call) -> bool:
    asked = asked_of(call)
    return asked is not None and _SQL.match(sql_text(frame, asked)) is not None


def _is_statement(frame: Frame, expr: Expr) -> bool:
    symbol = frame.symbol(expr)
    return symbol is not None and _STATEMENTS.match(symbol) is not None


def _is_model(library: Database, receiver: Expr, call: Call) -> bool:
    """Whether a receiver is named like a model (`User`, `models.User`), a repository, or as the table says."""
    match receiver:
        case Name(id=name) | Attribute(name=name):
            pass
        case _:
            return False
    if library.named is not None:
        root = receiver.value if isinstance(receiver, Attribute) else receiver
        return library.named.search(getattr(root, "id", getattr(root, "name", ""))) is not None
    if name in {
        "Object",
        "Array",
        "Promise",
        "Math",
        "JSON",
        "Number",
        "String",
        "Map",
        "Set",
        "Date",
        "Reflect",
        "Buffer",
    }:
        return False
    del call
    return (
        re.match(r"[A-Z][A-Za-z0-9]*$", name) is not None
        or re.search(r"(?i)(?:repository|repo|model)$", name) is not None
    )


def _begins_with_table(call: Call) -> bool:
    """Whether a chain begins as Knex's alone does, with a call of the handle itself: `db('users').where(…)`."""
    root, chain = unchained(call)
    match root:
        case Call(callee=Name(), args=(Literal(value=str(table)),)):
            return chain[0][1] is call and re.fullmatch(r"[\w.]+(?: as \w+)?", table) is not None
    return False


def _package(source: str) -> str:
    """Return the package of an import: `@prisma/client/runtime` is of `@prisma/client`."""
    parts = source.removeprefix("node:").split("/")
    return "/".join(parts[:2] if source.startswith("@") else parts[:1])
