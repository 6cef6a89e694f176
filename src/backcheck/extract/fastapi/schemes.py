"""Schemes of fastapi.security, and those of the code base that build on them: whether they turn a request away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.backend import Unresolved
from backcheck.program.form import Attribute, Call, Class, walk

if TYPE_CHECKING:
    from backcheck.program import Meaning, Program, Scope
    from backcheck.program.form import Expr

_SCHEMES = frozenset(
    {"HTTPBearer", "HTTPBasic", "HTTPDigest", "OAuth2", "OAuth2PasswordBearer", "OAuth2AuthorizationCodeBearer",
     "OpenIdConnect", "APIKeyHeader", "APIKeyQuery", "APIKeyCookie"}
)  # fmt: skip
_SECURITY = "fastapi.security."


class Schemes:
    """Reads the schemes of one program."""

    def __init__(self, program: Program) -> None:
        """Nothing is read yet."""
        self._program = program
        self.calling: bool | None = None
        """`auto_error` of the scheme whose own `__call__` is being judged."""

    def refuses(self, scope: Scope, expr: Expr) -> bool | None:
        """Return whether calling a security scheme turns away a request without credentials; None for no scheme."""
        match expr:  # `super().__call__` in a scheme of one's own
            case Attribute(Call(), "__call__") if scope.cls is not None and scope.cls.parent is not None:
                symbol = self._program.symbol(scope, expr) or ""
                if symbol.startswith(_SECURITY) and self.calling is not None:
                    return self.calling
                if symbol.startswith(_SECURITY) and isinstance(scope.cls.node, Class):
                    return self._own_auto_error(scope.cls)
                return None
        answers = {self.refused_by(meaning) for meaning in self._program.alternatives(scope, expr)}
        if len(answers) == 1:
            return answers.pop()
        return False  # a scheme in one run and none in another: never a false `required`

    def refused_by(self, meaning: Meaning | None) -> bool | None:
        """Return the same for what an expression may be."""
        if meaning is None or not (meaning.symbol or "").endswith("()"):
            return None
        made = meaning.definition
        call = made.node if made is not None and isinstance(made.node, Call) else None
        symbols = [meaning.symbol or ""]
        if meaning.cls is not None:
            symbols = [f"{base}()" for base in self._program.ancestry(meaning.cls) if isinstance(base, str)]
        if not any(_is_scheme(symbol) for symbol in symbols):
            return None
        stated = None if call is None or made is None else self._auto_error(made.scope, call)
        if stated is not None:
            return stated
        if meaning.cls is not None and isinstance(meaning.cls.node, Class):
            return self._own_auto_error(self._program.scope(meaning.cls.module, meaning.cls.node))
        return True

    def _auto_error(self, scope: Scope, call: Call) -> bool | None:
        """Return what a constructor's call says of `auto_error`; False for what cannot be known: never a false `required`."""
        expr = dict(call.keywords).get("auto_error")
        if expr is None:
            return None
        value = self._program.constant(scope, expr)
        return not isinstance(value, Unresolved) and bool(value.value)

    def _own_auto_error(self, cls: Scope) -> bool:
        """Return `auto_error` of a scheme of this code base: its constructor's default, or what it hands to its base."""
        for inner in cls.inner.values():
            function = inner.function
            if function is None or function.name != "__init__":
                continue
            for parameter in function.parameters:
                if parameter.name == "auto_error" and parameter.default is not None:
                    value = self._program.constant(cls, parameter.default)
                    return not isinstance(value, Unresolved) and bool(value.value)
            for node in walk(*function.body):
                match node:
                    case Call(Attribute(_, "__init__")) if (stated := self._auto_error(inner, node)) is not None:
                        return stated
        return True


def _is_scheme(symbol: str) -> bool:
    return symbol.startswith(_SECURITY) and symbol.removesuffix("()").rpartition(".")[2] in _SCHEMES
