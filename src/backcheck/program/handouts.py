"""What calls hand out without returning it: what a generator yields to a `with` statement or to a framework's injector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.bodies import yielded
from backcheck.program.form import Await, Call, Class, Function, Sequence, Subscript
from backcheck.program.meanings import Definition, Meaning, first, instance_of

if TYPE_CHECKING:
    from backcheck.program.annotations import Annotations
    from backcheck.program.form import Expr
    from backcheck.program.meanings import Resolver
    from backcheck.program.modules import Modules
    from backcheck.program.scopes import Scope

_INJECTORS = frozenset(
    {"fastapi.Depends()", "fastapi.Security()", "fastapi.params.Depends()", "fastapi.param_functions.Depends()"}
)
_ENTERING = ("__aenter__", "__enter__")


class Handouts:
    """Answers what a name holds that a call hands something to."""

    def __init__(self, names: Resolver, annotations: Annotations, modules: Modules) -> None:
        """Ask ``names`` what expressions are, and ``annotations`` what a generator says that it yields."""
        self._names = names
        self._annotations = annotations
        self._modules = modules

    def entered(self, scope: Scope, context: Expr) -> Meaning | None:
        """Return what `with context as name` binds, where the context is of this code base; None where it is the context itself."""
        inner = context.value if isinstance(context, Await) else context
        if isinstance(inner, Call) and (given := self._yields(self._names.meaning(scope, inner.callee))) is not None:
            return given
        manager = self._names.meaning(scope, context)
        if manager is None or manager.cls is None:
            return None
        entering = (self._names.result(self._names.member(manager, name)) for name in _ENTERING)
        return next((found for found in entering if found is not None and found.symbol is not None), None)

    def injected(self, scope: Scope, default: Expr) -> Meaning | None:
        """Return what a parameter with this default gets from its framework: `db=Depends(get_db)` is what `get_db` gives."""
        if not isinstance(default, Call):
            return None
        marker = self._names.meaning(scope, default)
        if marker is None or marker.symbol not in _INJECTORS:
            return None
        asked = default.args[0] if default.args else dict(default.keywords).get("dependency")
        provider = None if asked is None else self._names.meaning(scope, asked)
        match provider:
            case Meaning(definition=Definition(node=Class()) as cls, cls=None):
                return instance_of(cls)
            case Meaning(definition=Definition(node=Function())):
                return self._yields(provider) or self._names.result(provider)
            case Meaning(cls=Definition()):
                return self._names.result(self._names.member(provider, "__call__"))
        return None

    def _yields(self, function: Meaning | None) -> Meaning | None:
        """Return what a generator of this code base yields: the value, else its annotation's first part."""
        match function:
            case Meaning(definition=Definition(node=Function() as node, module=module, scope=outside)):
                values = tuple(yielded(node))
                if not values:
                    return None
                inside = self._modules.scope_of(module, node)
                found = first(self._names.meaning(inside, value) for value in values)
                if found is None or found.symbol is None:
                    return self._annotated(outside, node.returns)
                return found
        return None

    def _annotated(self, scope: Scope, returns: Expr | None) -> Meaning | None:
        """Return what `AsyncIterator[X]` and its like yield: an X."""
        match returns:
            case Subscript(index=Sequence(items=(item, *_))) | Subscript(index=item):
                return self._annotations.instance(scope, item)
            case None:
                return None
        return self._annotations.instance(scope, returns)
