"""Definitions into the folders where clients read them: all of them or none, and never over somebody's work."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from backcheck.definitions.clients import CLAUDE_CODE, Outcome, load_in
from backcheck.definitions.export import exported
from backcheck.definitions.install.folder import opened, reserved
from backcheck.definitions.install.known import Known, known
from backcheck.definitions.install.rewriting import rewritten
from backcheck.definitions.install.scope import CLAUDE, Home, Scope, home_of, reading
from backcheck.definitions.install.stamp import Stamp, digest, stamped
from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from backcheck.definitions.install.folder import Folder
    from backcheck.definitions.install.source import Source
    from backcheck.definitions.lowering.exported import Exported, Loss


class State(StrEnum):
    """What installing does to a file."""

    NEW = "installed"
    SAME = "unchanged"
    CHANGED = "updated"


@dataclass(frozen=True, slots=True)
class Installed:
    """One copy."""

    name: str
    path: Path
    source: Source
    state: State
    losses: tuple[Loss, ...]
    beside: tuple[Path, ...] = ()
    """Other copies of the same source under the same name, of which the client reads one."""


@dataclass(frozen=True, slots=True)
class _Planned:
    copy: Installed
    text: bytes
    before: bytes | None


def install(
    sources: Sequence[Source], client: str, scope: Scope, project: Path, *, name: str | None = None, force: bool = False
) -> tuple[Installed, ...]:
    """Install definitions for a client; everything is checked before the first byte is written.

    ``name`` calls the one definition otherwise. ``force`` overwrites a copy that somebody edited. Raises `UsageError` for a
    name that is taken, in this folder or in one that shadows or is shadowed by it, for a file that nobody installed, and
    for an edited copy.
    """
    if name is not None and not name.strip():
        raise UsageError("`--as` needs a name", help="such as `--as keeper`")
    if name is not None and len(sources) != 1:
        raise UsageError("`--as` names one definition", help="install the others in a call of their own")
    meant = [replace(one, agent=replace(one.agent, name=name)) if name else one for one in sources]
    home = home_of(client, scope, project)
    files = exported([one.agent for one in meant], client)
    with reserved(home.base):
        return _installed(meant, files, client, home, project, force=force)


def _installed(
    sources: Sequence[Source], files: Sequence[Exported], client: str, home: Home, project: Path, *, force: bool
) -> tuple[Installed, ...]:
    present = [one for place in reading(client, project) for one in known(client, place)]
    plans = [
        _planned(source, file, client, home, present, force=force) for source, file in zip(sources, files, strict=True)
    ]
    if any(plan.copy.state is not State.SAME for plan in plans):
        with opened(home.base, home.below, make=True) as folder:
            assert folder is not None
            _write(folder, plans, present)
    return tuple(plan.copy for plan in plans)


def _planned(
    source: Source, file: Exported, client: str, home: Home, present: Sequence[Known], *, force: bool
) -> _Planned:
    path = home.path / file.path.rpartition("/")[2]
    text = _text(source, file, client, path)
    here = next((one for one in present if one.path == path), None)
    with opened(home.base, home.below, make=False) as folder:
        before = folder.read(path.name) if folder else None
        if folder and before is None:
            _other_case(folder, path)
    if before is not None:
        _replaceable(source, here, path, force=force)
    beside = _unshadowed(source, file.name, path, present)
    state = State.NEW if before is None else State.CHANGED
    if here and here.stamp and not here.edited and here.content == text and here.stamp.source_hash == source.hash:
        state = State.SAME
    return _Planned(Installed(file.name, path, source, state, file.losses, beside), text, before)


def _text(source: Source, file: Exported, client: str, path: Path) -> bytes:
    """Return what is written, the stamp apart."""
    strict = file.text.encode("utf-8", "replace")
    if client != CLAUDE:
        return strict
    text = rewritten(source.content, strict, path)
    loaded = load_in(CLAUDE_CODE, text, path, meant=source.agent.description)
    if loaded.outcome is not Outcome.LOADS or loaded.name != file.name:
        why = loaded.reason or f"the client calls it {loaded.name!r}"
        raise UsageError(f"{str(source.agent.path)!r} cannot be installed: {why}", help="mend it: backcheck agents fix")
    return text


def _replaceable(source: Source, here: Known | None, path: Path, *, force: bool) -> None:
    if here is None or here.stamp is None:
        raise UsageError(
            f"{str(path)!r} is there, and backcheck did not install it; it would be overwritten by {str(source.agent.path)!r}",
            help="install under another name (`--as NAME`), or move that file away",
        )
    if here.stamp.source != source.named:
        raise UsageError(
            f"{str(path)!r} was installed from {here.stamp.source!r}; {str(source.agent.path)!r} goes by the same name",
            help="install under another name (`--as NAME`), or uninstall that one first",
        )
    if here.edited and not force:
        raise UsageError(
            f"{str(path)!r} was edited since it was installed",
            help="keep the edits elsewhere, then install with --force",
        )


def _unshadowed(source: Source, name: str, path: Path, present: Sequence[Known]) -> tuple[Path, ...]:
    """Return the other copies of this source; raise `UsageError` where another definition has the name."""
    beside: list[Path] = []
    for one in present:
        if one.name != name or one.path == path:
            continue
        if one.stamp is None or one.stamp.source_hash != source.hash:
            raise UsageError(
                f"{str(one.path)!r} is called {name!r} already, and one of the two would be shadowed by the other; "
                f"not installed: {str(source.agent.path)!r}",
                help="install under another name: `--as NAME`",
            )
        beside.append(one.path)
    return tuple(beside)


def _other_case(folder: Folder, path: Path) -> None:
    twin = folder.twin(path.name)
    if twin:
        raise UsageError(
            f"{str(path.parent / twin)!r} differs from {path.name!r} in capitals alone, which some systems take for one file",
            help="install under another name: `--as NAME`",
        )


def _write(folder: Folder, plans: Sequence[_Planned], present: Sequence[Known]) -> None:
    neighbours = (one.stamp.folders for one in present if one.stamp and one.path.parent == folder.path)
    made = max([folder.made, *neighbours])
    written: list[tuple[_Planned, bytes]] = []
    folder.sweep()
    try:
        for plan in plans:
            if plan.copy.state is State.SAME:
                continue
            source = plan.copy.source
            stamp = Stamp(source.named, source.hash, digest(plan.text), made)
            text = stamped(plan.text, stamp)
            written.append((plan, text))
            folder.write(plan.copy.path.name, text, plan.before)
    except BaseException as error:
        _undone(folder, written)
        if isinstance(error, OSError):
            raise EnvironmentFault(
                f"cannot write below {str(folder.path)!r}: {error.strerror}", help="make room; nothing was changed"
            ) from error
        raise


def _undone(folder: Folder, written: Sequence[tuple[_Planned, bytes]]) -> None:
    for plan, text in written:
        with suppress(OSError, UsageError):
            if plan.before is not None:
                folder.write(plan.copy.path.name, plan.before, text)
            else:
                folder.remove(plan.copy.path.name, text)
    folder.tidy(folder.made)
