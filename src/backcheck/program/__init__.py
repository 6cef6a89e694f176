"""Source lowered to one small common form, with names, imports and constants resolved."""

from backcheck.backend import Unresolved
from backcheck.program.bindings import Binding
from backcheck.program.constants import Constant
from backcheck.program.form import Module
from backcheck.program.meanings import Definition, Meaning
from backcheck.program.program import Program, load
from backcheck.program.scopes import Scope

__all__ = ["Binding", "Constant", "Definition", "Meaning", "Module", "Program", "Scope", "Unresolved", "load"]
