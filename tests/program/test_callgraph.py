"""Which functions of a code base a function hands over to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backcheck.program import load
from backcheck.program.callgraph import CallGraph
from backcheck.source import collect

if TYPE_CHECKING:
    from pathlib import Path


def edges(root: Path, files: dict[str, str], path: str, name: str) -> tuple[list[str], list[str], set[str]]:
    """Names of what the function calls, of what it passes on, and of all that it may run."""
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    graph = CallGraph(load(collect(root)))
    (function,) = [item.function for item in graph.functions(path) if item.name == name]
    passed = [edge.callee.name for edge in graph.edges(function) if edge.passed]
    reached = {item.name for item in map(graph.located, graph.reachable(function)) if item is not None}
    return [item.name for item in graph.callees(function)], passed, reached


def test_calls_are_followed_through_imports_classes_and_attributes(tmp_path: Path) -> None:
    files = {
        "app/main.py": "from app.service import Service\nfrom app import tools as t\n"
        "def start(service: Service):\n    service.run()\n    t.clean()\n    Service()\n    len('x')\n",
        "app/service.py": "class Service:\n    def __init__(self): self.setup()\n    def setup(self): pass\n"
        "    def run(self): self.setup()\n",
        "app/tools.py": "def clean(): clean()\n",
    }
    calls, passed, reached = edges(tmp_path, files, "app/main.py", "start")
    assert calls == ["Service.run", "clean", "Service.__init__"]
    assert passed == []
    assert reached == {"start", "Service.run", "clean", "Service.__init__", "Service.setup"}


def test_what_is_passed_on_is_told_from_what_is_called(tmp_path: Path) -> None:
    files = {
        "app.js": "const { load } = require('./load')\nfunction start(xs) { xs.map(load); xs.forEach(x => load(x)); load(1) }\n",
        "load.js": "function load(x) { return x }\nmodule.exports = { load }\n",
    }
    calls, passed, _ = edges(tmp_path, files, "app.js", "start")
    assert calls == ["load"]
    assert passed == ["load", "start.<anonymous>"]


def test_a_method_of_an_unknown_receiver_is_found_only_where_its_name_is_the_only_one(tmp_path: Path) -> None:
    files = {
        "a.py": "def start(x, y):\n    x.send_invoice()\n    y.save_draft()\n    x.get()\n",
        "b.py": "class A:\n    def send_invoice(self): pass\n    def save_draft(self): pass\n    def get(self): pass\n"
        "class B:\n    def save_draft(self): pass\n",
    }
    calls, _, _ = edges(tmp_path, files, "a.py", "start")
    assert calls == ["A.send_invoice"]
