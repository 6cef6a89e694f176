"""Exported files below a folder: all of them or none, and never over what differs without a word."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from backcheck.definitions.install.folder import opened
from backcheck.errors import EnvironmentFault, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from backcheck.definitions.install.folder import Folder


def write_below(base: Path, files: Mapping[str, str], *, force: bool = False) -> tuple[tuple[Path, str], ...]:
    """Write texts to their paths below a folder, which is made where it is missing; return each with `written` or `unchanged`.

    Raises `UsageError` for a link on the way and, without ``force``, for a file that is there and differs;
    `EnvironmentFault` where writing fails. Nothing is written then.
    """
    contents = {path: text.encode("utf-8", "replace") for path, text in files.items()}
    present = {path: _present(base, path) for path in contents} if base.exists() else {}
    for path, content in contents.items():
        if present.get(path) not in {None, content} and not force:
            raise UsageError(f"{str(base / path)!r} is there and differs", help="name another folder, or use --force")
    try:
        base.mkdir(parents=True, exist_ok=True)
        _write(base, {path: content for path, content in contents.items() if present.get(path) != content}, present)
    except OSError as error:
        raise EnvironmentFault(
            f"cannot write below {str(base)!r}: {error.strerror}", help="make room; nothing was changed"
        ) from error
    return tuple((base / path, "unchanged" if present.get(path) == contents[path] else "written") for path in contents)


def _present(base: Path, path: str) -> bytes | None:
    below, _, name = path.rpartition("/")
    with opened(base, below, make=False) as folder:
        return folder.read(name) if folder else None


def _write(base: Path, contents: Mapping[str, bytes], before: Mapping[str, bytes | None]) -> None:
    written: list[tuple[Folder, str, bytes, bytes | None]] = []
    with ExitStack() as stack:
        folders = {below: stack.enter_context(_made(base, below)) for below in _folders(contents)}
        try:
            for path, content in contents.items():
                below, _, name = path.rpartition("/")
                written.append((folders[below], name, content, before.get(path)))
                folders[below].write(name, content, before.get(path))
        except BaseException:
            for folder, name, new, old in written:
                with suppress(OSError, UsageError):
                    folder.remove(name, new) if old is None else folder.write(name, old, new)
            for folder in folders.values():
                folder.tidy(folder.made)
            raise


@contextmanager
def _made(base: Path, below: str) -> Iterator[Folder]:
    with opened(base, below, make=True) as folder:
        assert folder is not None
        yield folder


def _folders(contents: Mapping[str, bytes]) -> Iterator[str]:
    yield from dict.fromkeys(path.rpartition("/")[0] for path in contents)
