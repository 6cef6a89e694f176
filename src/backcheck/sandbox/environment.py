"""The environment of a sandboxed command: an allow-list, so that a key nobody thought of does not enter."""

from __future__ import annotations

import os

_PASSED = (
    "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LOGNAME", "PATH", "TZ", "USER",
    # Where version managers and toolchains lie; their values are paths.
    "CARGO_HOME", "GEM_HOME", "GOPATH", "GOROOT", "JAVA_HOME", "NVM_DIR", "PYENV_ROOT", "RBENV_ROOT", "RUSTUP_HOME",
    "SDKMAN_DIR", "VOLTA_HOME",
)  # fmt: skip

_FIXED = {
    "CI": "1",
    "DEBIAN_FRONTEND": "noninteractive",
    "EDITOR": "true",
    "GIT_EDITOR": "true",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "NO_COLOR": "1",
    "PAGER": "cat",
    "SHELL": "/bin/bash",
    "TERM": "dumb",
    "TMPDIR": "/tmp",  # noqa: S108 - the sandbox's own, empty at each call
}
"""Nothing may wait for a person: no pager, no editor, no question."""

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def environment() -> dict[str, str]:
    """Return the variables that a sandboxed command sees."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {"PATH": _PATH, **passed, **_FIXED}
