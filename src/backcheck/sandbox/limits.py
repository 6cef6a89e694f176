"""What one command may use of the machine, set by the shell that starts the command and stays."""

from __future__ import annotations

_FILE_KIB = 1024 * 1024
"""Largest file that it may write: 1 GiB."""
_OPEN_FILES = 4096
_PROCESSES = 4096
"""Counted per user namespace (Linux 5.14), so the user's other processes do not count. Does not bind root."""

_LIMIT = (
    f"ulimit -c 0 2>/dev/null; ulimit -f {_FILE_KIB} 2>/dev/null; "
    f"ulimit -n {_OPEN_FILES} 2>/dev/null; ulimit -u {_PROCESSES} 2>/dev/null; "
    'bash --noprofile --norc -c "$1"; exit $?'
)


def limited(command: str) -> list[str]:
    """Return the words that run ``command`` with bash under the limits.

    The outer shell stays, for a sandbox to make it the first process of its namespace: it reaps orphans, and its end
    ends them all. Never a login shell: root's profile cost 265 ms a call where it started a version manager. Memory is not limited
    here: RLIMIT_AS stops runtimes that reserve address space (the JVM, Node, Go).
    """
    return ["bash", "--noprofile", "--norc", "-c", _LIMIT, "bash", command]
