"""Which calls are outgoing HTTP requests, and whether something ends them when the peer stays silent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backcheck.backend import Unresolved
from backcheck.extract.calls.catalogue import clients
from backcheck.extract.calls.frames import unchained
from backcheck.program import Constant
from backcheck.program.form import Assign, Attribute, Await, Call, Class, Literal, Mapping, Name, Template, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from backcheck.extract.calls.catalogue import Client
    from backcheck.extract.calls.frames import Frame
    from backcheck.program import Module, Program, Scope
    from backcheck.program.form import Expr


@dataclass(frozen=True, slots=True)
class Request:
    """A call that makes an HTTP request."""

    call: Call
    target: str
    blocking: bool
    deadline: bool | Unresolved


class Requests:
    """Recognises outgoing requests in one program."""

    def __init__(self, program: Program) -> None:
        """Note which libraries have a time-out set for the whole program."""
        self._program = program
        self._defaulted = frozenset(
            client.library
            for client in clients()
            if client.defaults and any(client.defaults.encode() in module.source for module in program.modules.values())
        )
        self._made: dict[str, set[bool]] = {}
        names = {name.rpartition(".")[2] for client in clients() for name in client.calls}
        self._names = frozenset(names | {method for client in clients() for method in client.methods if method})

    def recognise(self, frame: Frame, call: Call) -> Request | None:
        """Return what the call is as a request; None where it is none."""
        match call.callee:
            case Attribute(name=name) if name not in self._names:
                return None
        symbol = frame.symbol(call.callee)
        if symbol is None:
            return None
        symbol = re.sub(r"^(?:node:|globalThis\.|global\.)", "", symbol)
        for client in clients():
            through = client.called(symbol)
            if through is not None and (through or not _is_local(call)):
                deadline = self._deadline(frame, call, client, through=through)
                return Request(call, symbol.replace("()", ""), client.blocking and not frame.is_awaited(call), deadline)
        return None

    def _deadline(self, frame: Frame, call: Call, client: Client, *, through: bool) -> bool | Unresolved:
        own = self._stated(frame, call, client.options, client.position)
        if own is not None:
            return own
        _, chain = unchained(_outermost(frame, call))
        if client.chained & {name for name, _ in chain} or client.library in self._defaulted:
            return True
        if client.chained and _ended_later(frame, call, client):
            return True
        if through and isinstance(call.callee, Attribute | Name):
            made = self._client(frame.scope, call.callee.value if isinstance(call.callee, Attribute) else call.callee)
            if made is not None:
                scope, construction = made
                stated = self._stated_in(scope, construction, client.client_options, None)
                return client.default if stated is None else stated
            if client.client_options and not client.default:
                agreed = self._agreed(client)
                unread = Unresolved("its client is made where it could not be read", frame.module.place(call))
                return unread if agreed is None else agreed
        return client.default

    def _agreed(self, client: Client) -> bool | None:
        """Return what all clients of this library that the program makes have in common; None where they differ.

        A client that is handed in was made somewhere: `constructor(private http: AxiosInstance)`.
        """
        if client.library not in self._made:
            self._made[client.library] = {
                bool(self._stated_in(scope, node, client.client_options, None))
                for module in self._program.modules.values()
                for scope, node in self._constructions(module, client)
            }
        stated = self._made[client.library]
        return next(iter(stated)) if len(stated) == 1 else None

    def _constructions(self, module: Module, client: Client) -> Iterator[tuple[Scope, Call]]:
        names = {name.removesuffix("()") for name in client.clients}
        bodies = [(self._program.scope(module), module.body)]
        bodies += [(scope, function.body) for function, scope, _ in self._program.functions(module)]
        for scope, body in bodies:
            for node in walk(*body):
                if isinstance(node, Call) and self._program.symbol(scope, node.callee) in names:
                    yield scope, node

    def _client(self, scope: Scope, expr: Expr) -> tuple[Scope, Call] | None:
        """Return the construction of the client that an expression is, with the scope it stands in."""
        if isinstance(expr, Call):
            return scope, expr
        found = self._program.definition(scope, expr)
        if found is not None and isinstance(found.node, Call):
            return found.scope, found.node
        if isinstance(expr, Attribute):
            return self._field(scope, expr.name)
        if isinstance(expr, Name) and (bound := scope.lookup(expr.id)) is not None:
            owner, bindings = bound
            for binding in bindings:
                value = binding.value.value if isinstance(binding.value, Await) else binding.value
                if isinstance(value, Call):
                    return owner, value
        return None

    def _field(self, scope: Scope, name: str) -> tuple[Scope, Call] | None:
        """Return the call whose result the class around, or one that it extends, puts into this field."""
        declared = scope.cls
        for _ in range(_MAX_DEPTH):
            if declared is None or not isinstance(declared.node, Class):
                return None
            if (made := _assigned(declared.node, name)) is not None:
                return declared, made
            found = (self._program.definition(declared.parent or declared, base) for base in declared.node.bases)
            bases = (
                self._program.scope(base.module, base.node)
                for base in found
                if base is not None and isinstance(base.node, Class)
            )
            declared = next(bases, None)
        return None

    def _stated(
        self, frame: Frame, call: Call, options: frozenset[str], position: int | None
    ) -> bool | Unresolved | None:
        return self._stated_in(frame.scope, call, options, position)

    def _stated_in(
        self, scope: Scope, call: Call, options: frozenset[str], position: int | None
    ) -> bool | Unresolved | None:
        """Return whether a call states a time-out (False for one that is switched off); None where it states none."""
        unread: Unresolved | None = None
        for name, value in call.keywords:
            if name in options:
                return self._is_limit(scope, value)
            if name is None:
                found = self._in_mapping(scope, value, options)
                if isinstance(found, bool):
                    return found
                unread = found or unread
        if position is not None and len(call.args) > position:
            return self._is_limit(scope, call.args[position])
        if scope.module.language == "python":
            return unread
        for argument in call.args:
            found = self._in_mapping(scope, argument, options)
            if isinstance(found, bool):
                return found
            unread = found or unread
        return unread

    def _in_mapping(
        self, scope: Scope, expr: Expr, options: frozenset[str], depth: int = 0
    ) -> bool | Unresolved | None:
        """Look for a time-out in an object of options, also behind a name or a spread."""
        match expr:
            case Mapping(entries=entries):
                unread: Unresolved | None = None
                for key, value in entries:
                    if isinstance(key, Literal) and key.value in options:
                        return self._is_limit(scope, value)
                    if key is None and depth < _MAX_DEPTH:
                        found = self._in_mapping(scope, value, options, depth + 1)
                        if isinstance(found, bool):
                            return found
                        unread = found or unread
                return unread
            case Call(callee=callee, args=(first, *_)) if _text(scope, callee) == "dict":
                del first
                return None
            case Name() | Attribute() if depth < _MAX_DEPTH:
                return self._behind(scope, expr, options, depth)
        return None

    def _behind(
        self, scope: Scope, expr: Name | Attribute, options: frozenset[str], depth: int
    ) -> bool | Unresolved | None:
        found = self._program.definition(scope, expr)
        if found is not None and isinstance(found.node, Mapping):
            stated = self._in_mapping(found.scope, found.node, options, depth + 1)
            if stated is not None:
                return stated
        if isinstance(expr, Name) and (bound := scope.lookup(expr.id)) is not None:
            owner, bindings = bound
            values = [binding.value for binding in bindings if binding.value is not None and not binding.steps]
            for value in values:
                stated = self._in_mapping(owner, value, options, depth + 1)
                if stated is not None:
                    return stated
            if any(_sets(owner, expr.id, option) for option in options):
                return True
            looks = re.search(r"(?i)opt|conf|init|param|kwargs|settings|request", expr.id)
            if looks and not values:
                return Unresolved(f"{expr.id!r} comes from elsewhere and may hold a time-out", scope.module.place(expr))
        return None

    def _is_limit(self, scope: Scope, value: Expr) -> bool | Unresolved:
        """Whether a stated value ends the request: not `None`, `0`, or a time-out object of nothing but `None`."""
        match value:
            case Literal(value=found):
                return bool(found)
            case Call(keywords=keywords, args=()) if keywords and _text(scope, value.callee).endswith(("Timeout",)):
                given = [inner.value if isinstance(inner, Literal) else True for _, inner in keywords]
                return any(given)
            case Call(args=(Literal(value=None), *_), keywords=()) if _text(scope, value.callee).endswith("Timeout"):
                return False
        constant = self._program.constant(scope, value)
        return bool(constant.value) if isinstance(constant, Constant) else True


_MAX_DEPTH = 4


def _assigned(declared: Class, name: str) -> Call | None:
    """Return the call whose result a method of the class, or its declaration, puts into this field."""
    for node in walk(*declared.body):
        match node:
            case Assign(targets=(Attribute(value=Name(id="this" | "self"), name=target),), value=Call() as made):
                if target == name:
                    return made
            case Assign(targets=(Name(id=target),), value=Call() as made) if node in declared.body and target == name:
                return made
    return None


def _text(scope: Scope, expr: Expr) -> str:
    return scope.module.text(expr)


def _sets(scope: Scope, name: str, option: str) -> bool:
    """Whether the function later writes the option into the object: `options.timeout = 5000`."""
    node = scope.node
    text = scope.module.text(node) if node is not None else scope.module.source.decode("utf-8", "replace")
    return re.search(rf"\b{re.escape(name)}(?:\.{option}|\[['\"]{option}['\"]\])\s*=", text) is not None


def _outermost(frame: Frame, call: Call) -> Expr:
    top: Expr = call
    for parent, child in frame.outward(call):
        if isinstance(parent, Attribute) and parent.value is child:
            continue
        if isinstance(parent, Call) and (parent.callee is child or getattr(parent.callee, "value", None) is top):
            top = parent
            continue
        break
    return top


def _ended_later(frame: Frame, call: Call, client: Client) -> bool:
    """`const req = http.request(…); req.setTimeout(…)`."""
    for name, bindings in frame.scope.bindings.items():
        if any(binding.value is call for binding in bindings):
            text = (
                frame.module.text(frame.function)
                if frame.function is not None
                else frame.module.source.decode("utf-8", "replace")
            )
            return any(re.search(rf"\b{re.escape(name)}\.{method}\(", text) for method in client.chained)
    return False


def _is_local(call: Call) -> bool:
    """Whether the address is a path: only a browser can resolve it, so this is no call of a server."""
    match call.args[0] if call.args else None:
        case Literal(value=str(url)) | Template(parts=(Literal(value=str(url)), *_)):
            return url.startswith("/") and not url.startswith("//")
    return False
