"""What imports give: a module of this code base, what one exports, or a foreign symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program.form import Import, Name
from backcheck.program.meanings import Meaning, first

if TYPE_CHECKING:
    from backcheck.program.form import Module
    from backcheck.program.meanings import Resolver
    from backcheck.program.modules import Modules
    from backcheck.program.once import Once
    from backcheck.program.scopes import Scope


class Imports:
    """Answers what names of other modules are."""

    def __init__(self, names: Resolver, modules: Modules, once: Once) -> None:
        """Follow imports among these modules; what their names are bound to is for ``names``."""
        self._names = names
        self._modules = modules
        self._once = once

    def imported(self, scope: Scope, node: Import) -> Meaning | None:
        """Return what an import that stands in this scope binds."""
        source, name = node.source, node.name
        module = self._modules.locate(scope.module, source)
        if name is None:
            return self._whole(scope, node, module)
        if module is not None and (found := self.exported(module, name)) is not None:
            return found
        submodule = self._modules.submodule(scope.module, source, name)
        if submodule is not None:
            return self.module(submodule)
        if module is not None:
            return Meaning(f"{module.path}:{name}")
        if source.startswith("."):
            return None
        return Meaning(source if name == "default" else f"{source}.{name}")

    def _whole(self, scope: Scope, node: Import, module: Module | None) -> Meaning | None:
        """Return what `import a.b`, a namespace import or a `require` binds."""
        top = node.source.partition(".")[0]
        python = scope.module.language == "python"
        if module is None:
            if node.source.startswith("."):
                return None
            return Meaning(top if python and node.local == top else node.source)
        if python and "." in node.source and node.local == top:
            return Meaning(None, package=(scope.module.path, node.local))
        return self.module(module)

    def starred(self, scope: Scope, name: str) -> Meaning | None:
        """Return what a star import of this code base gives the name; a foreign one may give any name, so it gives none."""
        top = scope
        while top.parent is not None:
            top = top.parent
        for binding in reversed(top.bindings.get("*", ())):
            if isinstance(binding.node, Import):
                module = self._modules.locate(scope.module, binding.node.source)
                if module is not None and (found := self.exported(module, name)) is not None:
                    return found
        return None

    def module(self, module: Module) -> Meaning | None:
        """Return what importing the whole module gives: the module, or what it puts in its own place."""
        exports = self._modules.exports(module)
        if exports is not None and "=" in exports:
            return self.exported(module, "=")
        return Meaning(module.path, module=module)

    def exported(self, module: Module, name: str) -> Meaning | None:
        """Return what the module gives under this name; None where it has no such name."""
        scope = self._modules.scope(module)
        return self._once.ask(scope, ("export", name), lambda: self._exported(module, scope, name))

    def _exported(self, module: Module, scope: Scope, name: str) -> Meaning | None:
        exports = self._modules.exports(module)
        if exports is None:
            bindings = scope.bindings.get(name, ())
            if bindings:
                return first(self._names.bound(scope, binding) for binding in reversed(bindings))
            return self.starred(scope, name)
        for export in reversed(exports.get(name, ())):
            if export.source is not None:
                match export.value:
                    case Name(original):
                        return self.imported(scope, Import(export.source, original, name, export.at))
            elif export.value is not None:
                return self._names.meaning(scope, export.value)
        if name == "default" and "=" in exports:
            return self.exported(module, "=")
        if name not in {"default", "="} and "=" in exports:
            return self._names.member(self.exported(module, "="), name)
        for export in exports.get("*", ()):
            inner = None if export.source is None else self._modules.locate(module, export.source)
            if inner is not None and (found := self.exported(inner, name)) is not None:
                return found
        return None

    def module_member(self, module: Module, name: str) -> Meaning | None:
        """Return what `module.name` is."""
        found = self.exported(module, name)
        if found is not None:
            return found
        inner = self._modules.submodule(module, ".", name)
        return self.module(inner) if inner is not None else Meaning(f"{module.path}:{name}")

    def package_member(self, importer: str, dotted: str, name: str) -> Meaning | None:
        """Return what `a.name` is, after `import a.b` in the file ``importer``."""
        module = self._modules.named(importer, dotted)
        if module is not None and (found := self.exported(module, name)) is not None:
            return found
        inner = self._modules.named(importer, f"{dotted}.{name}")
        if inner is not None and not inner.path.endswith("__init__.py"):
            return self.module(inner)
        return Meaning(None, package=(importer, f"{dotted}.{name}"))
