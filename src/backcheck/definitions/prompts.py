"""Prompts: the shipped templates of what a model is told and of the documents that we write."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backcheck import data


def render(name: str, **values: object) -> str:
    """Return the shipped `prompts/<name>.md` filled with the values.

    Only shipped prompts can be named: a template is code, so none is ever read from a workspace. Values are data and are
    never themselves read as templates. Raises jinja2's `UndefinedError` for a value that is missing and
    `TemplateNotFound` for a prompt that is not shipped: both are faults of the caller's code.
    """
    return _environment().get_template(f"{name}.md").render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(data.root() / "prompts"),
        undefined=StrictUndefined,
        # A prompt is Markdown for a model or a person. HTML escapes would change the code that it quotes.
        autoescape=False,  # noqa: S701 - as above: nothing here becomes HTML
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
