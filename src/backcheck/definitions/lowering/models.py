"""What a definition's `model` is called elsewhere: an alias of Claude Code means nothing to another client."""

from __future__ import annotations

from backcheck.definitions.running.models import aliases, is_inherited, model_id

_PROVIDERS = {
    "claude-": "anthropic",
    "gpt-": "openai",
    "o1": "openai",
    "o3": "openai",
    "o4": "openai",
    "gemini-": "google",
}


def foreign_model(model: str | None, *beginnings: str) -> str | None:
    """Return the model where another client may know it under that name; None for an alias and for an id of Claude's.

    Where ``beginnings`` are given, the name has to begin with one of them.
    """
    if is_inherited(model) or model is None:
        return None
    plain = model.strip().lower().removesuffix("[1m]")
    if plain in aliases() or plain.startswith("claude"):
        return None
    return model.strip() if not beginnings or plain.startswith(beginnings) else None


def provider_model(model: str | None) -> str | None:
    """Return the model as `provider/id`, an alias as the id that it means today; None where nobody knows the provider."""
    if is_inherited(model) or model is None:
        return None
    found = model_id(model)
    if "/" in found:
        return found
    return next((f"{of}/{found}" for start, of in _PROVIDERS.items() if found.lower().startswith(start)), None)
