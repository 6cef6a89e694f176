"""One child process: no input, its own group, a time limit, bounded output, and nothing left of it afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backcheck.sandbox.output import HeadTail

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

FLOOD = 64 * 1024 * 1024
"""Bytes of output after which a command is killed: it prints without end."""

TIMED_OUT = 143
"""Exit code of a command that ran out of time, as a shell reports SIGTERM."""

_CHUNK = 64 * 1024
_GRACE = 2.0
"""Seconds that a leader has to leave after what it started was killed."""


@dataclass(frozen=True, slots=True)
class Completed:
    """A command that ended, or was ended."""

    exit_code: int
    """As a shell gives it: 128 + N for a command that signal N ended."""
    output: str
    """Standard output and error as they came; bytes that are not UTF-8 are replaced."""
    timed_out: bool
    truncated: bool
    """The middle of the output was left out, or its writer was killed for flooding."""
    seconds: float


class Child:
    """A running process whose output is read in chunks. Use `started`, which also ends it."""

    def __init__(self, process: asyncio.subprocess.Process, output: int) -> None:
        """Hold a process that leads its own group, and the reading end of its output."""
        self._process = process
        self._output = output

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Give the output as it comes, until every writer is gone."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._output, readable.set)
        try:
            while True:
                await readable.wait()
                readable.clear()
                try:
                    data = os.read(self._output, _CHUNK)
                except BlockingIOError:
                    continue
                if not data:
                    return
                yield data
        finally:
            loop.remove_reader(self._output)

    async def exit_code(self) -> int:
        """Wait for the process and give its exit code as a shell does."""
        code = await self._process.wait()
        return 128 - code if code < 0 else code

    def kill(self) -> None:
        """Kill the whole group; a group that is gone is no fault."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    async def end(self) -> None:
        """Kill what is left and reap it, also when the waiting task is being cancelled."""
        if self._process.returncode is None and (started := self._held()):
            # What the leader started is, in a sandbox, the first process of a namespace: with that the kernel kills
            # every other one in it, and only then lets the leader see the end.
            for child in started:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(child, signal.SIGKILL)
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGCONT)
            await asyncio.wait([asyncio.ensure_future(self._process.wait())], timeout=_GRACE)
        self.kill()
        await asyncio.shield(self._process.wait())
        os.close(self._output)

    def _held(self) -> list[int]:
        """Stop the leader and return what it has started; stopped, it starts nothing more.

        A sandbox that is killed while it starts leaves a child behind which does not yet die with it.
        """
        pid = self._process.pid
        try:
            os.kill(pid, signal.SIGSTOP)
            os.waitid(os.P_PID, pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
        except (ProcessLookupError, ChildProcessError):
            return []
        return _children(pid)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []  # gone, or a system without it


async def start(
    argv: Sequence[str],
    env: Mapping[str, str],
    *,
    cwd: str | Path | None = None,
    stdin: int = asyncio.subprocess.DEVNULL,
) -> Child:
    """Start ``argv`` without a shell, a terminal, or any input but ``stdin``. The caller must `Child.end` it."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    spawning = asyncio.ensure_future(
        asyncio.create_subprocess_exec(
            *argv,
            stdin=stdin,
            stdout=writing,
            stderr=asyncio.subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
        )
    )
    try:
        return Child(await asyncio.shield(spawning), reading)
    except asyncio.CancelledError:
        # The process may be there already, and nobody else would know of it.
        await Child(await spawning, reading).end()
        raise
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)


async def execute(
    argv: Sequence[str], env: Mapping[str, str], seconds: float, *, cwd: str | Path | None = None
) -> Completed:
    """Run ``argv`` to its end, or kill it after ``seconds`` or `FLOOD` bytes; cancellation kills it too."""
    began = time.monotonic()
    output = HeadTail()
    child = await start(argv, env, cwd=cwd)
    timed_out, exit_code = False, 128 + signal.SIGKILL
    try:
        async with asyncio.timeout(seconds), aclosing(child.chunks()) as chunks:
            async for chunk in chunks:
                output.add(chunk)
                if output.size > FLOOD:
                    break
            else:
                exit_code = await child.exit_code()
    except TimeoutError:
        timed_out, exit_code = True, TIMED_OUT
    finally:
        await child.end()
    return Completed(exit_code, output.text(), timed_out, output.truncated, time.monotonic() - began)
