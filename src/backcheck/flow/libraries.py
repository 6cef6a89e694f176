"""Calls into libraries: sinks are noted, and the tables say what they give."""

from __future__ import annotations

from dataclasses import replace

from backcheck.flow import methods, passwords, sinks
from backcheck.flow.arguments import Arguments
from backcheck.flow.classes import Classes
from backcheck.flow.frame import Frame, last_name
from backcheck.flow.members import Closure
from backcheck.flow.value import CLEAN, Taint, Value, derived, join, retain, stepped, unknown
from backcheck.program import form


class Libraries(Classes):
    """Follows this code base and knows what its libraries do."""

    def library(self, node: form.Call, receiver: Value | None, arguments: Arguments, frame: Frame) -> Value:
        """Return what a function that is not of this code base gives, and note it where it is a sink."""
        name = last_name(node.callee)
        place = frame.module.place(node)
        if receiver is not None and receiver.kind == "request":
            return self.tables.call_request(receiver.ref, name, place)
        symbol = self.program.symbol(frame.scope, node.callee)
        sinks.examine(self, node, symbol, arguments, frame)
        passwords.stored(self, node, symbol, receiver, arguments, frame)
        done = methods.apply(self, node, name, receiver, arguments, frame)
        if done is not None:
            return done
        values = [value for value in arguments if value.kind != "function"]
        state = self.tables.hash_state(symbol, name)
        if state:
            digest = self._hashed(node, state, receiver, values, frame)
            self._callbacks(name, [CLEAN, digest], arguments, frame)
            return digest
        self._callbacks(name, [receiver] if name == "then" and receiver is not None else [], arguments, frame)
        if node.new and receiver is None and self.hooks.is_model(name) and arguments.positional:
            return replace(arguments.positional[0], kind="dict")
        if (symbol is not None and self.tables.is_clean(symbol)) or name in self.tables.clean_names:
            return CLEAN
        if receiver is None and name in self.tables.clean_calls:
            return CLEAN
        if symbol is not None and self.tables.is_statement(symbol):
            return Value(kind="statement")
        if self.tables.is_builder(symbol, name) or (receiver is not None and receiver.kind == "builder"):
            return Value(kind="builder")
        if receiver is None and symbol is None and self.tables.begins_builder(name):
            return Value(kind="builder")
        if name in self.tables.stored_names and receiver is not None:
            return unknown(f"`{name}` gives what the database holds", place)
        made = derived(*([] if receiver is None or receiver.kind == "foreign" else [receiver]), *values)
        if name in self.tables.keeping:
            return made
        if made.taints:
            return retain(made, lambda taint: replace(taint, state=taint.state or f"call:{name}"))
        return made if made.gaps else unknown(f"`{name}(…)` could not be followed", place)

    def _hashed(self, node: form.Call, state: str, receiver: Value | None, values: list[Value], frame: Frame) -> Value:
        place = frame.module.place(node)

        def mark(taint: Taint) -> Taint:
            return taint if taint.state in {"hashed", "hashed?"} else replace(taint, state=state)

        digest = stepped(retain(derived(*values), mark), place)
        if receiver is not None and receiver.taints:
            digest = join(digest, retain(derived(receiver), mark))
        if isinstance(node.callee, form.Attribute) and node.callee.name == "update":
            self.update(node.callee.value, lambda old: join(old, digest), frame)
        if state == "hashed":
            passwords.hashed(self, node, [*values], frame)
        return replace(digest, gaps=())

    def _callbacks(self, name: str, given: list[Value], arguments: Arguments, frame: Frame) -> None:
        """Run the function literals among the arguments; ``given`` is what is known of their parameters."""
        for value in arguments:
            if isinstance(value.ref, Closure) and value.ref.outer is not None:
                rest = [
                    unknown(f"`{name}` hands it to a callback", value.ref.module.place(one))
                    for one in value.ref.function.parameters[len(given) :]
                ]
                self.invoke(value.ref, Arguments([*given, *rest]), frame, None)
