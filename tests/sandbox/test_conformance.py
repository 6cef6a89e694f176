"""What every sandbox must stop, and what it must let through. A new provider is in `PROVIDERS` and nowhere else."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from backcheck.sandbox import Completed, Policy, Provider, run_in

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[..., Completed]


def everything(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def processes_named(marker: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if marker.encode() in words:
            found.append(folder.name)
    return found


def repository(folder: Path) -> Path:
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder / ".git"


def test_what_a_command_writes_in_the_workspace_stays(run: Run, workspace: Path) -> None:
    done = run("mkdir -p app && echo 'x = 1' > app/main.py && cat app/main.py")
    assert (done.exit_code, done.output) == (0, "x = 1\n")
    assert (workspace / "app/main.py").read_text() == "x = 1\n"


def test_the_exit_code_and_both_streams_come_back(run: Run) -> None:
    done = run("echo out; echo err >&2; exit 7")
    assert (done.exit_code, done.output) == (7, "out\nerr\n")


def test_nothing_outside_the_workspace_can_be_written(run: Run, workspace: Path, tmp_path: Path) -> None:
    (tmp_path / "project-evil").mkdir()
    before = everything(tmp_path)
    done = run(
        f"for place in {tmp_path} {tmp_path}/project-evil .. /etc /usr $HOME /var/tmp /dev/shm /sys /proc/sys/kernel; do"
        " echo planted > $place/planted; done; ln -s ../outside link; echo planted > link"
    )
    (workspace / "link").unlink()
    assert everything(tmp_path) == before, done.output
    assert [path for path in ("/etc/planted", "/usr/planted", "/var/tmp/planted") if os.path.lexists(path)] == []


def test_a_setting_of_the_kernel_cannot_be_changed(run: Run) -> None:
    before = Path("/proc/sys/kernel/core_pattern").read_text()
    run("echo '|/bin/planted' > /proc/sys/kernel/core_pattern")
    assert Path("/proc/sys/kernel/core_pattern").read_text() == before


def test_a_read_only_workspace_cannot_be_written(run: Run, workspace: Path) -> None:
    (workspace / "kept").write_text("kept")
    done = run("echo planted > new; echo planted > kept; rm kept; cat kept", writable=False)
    assert done.output.endswith("kept")
    assert everything(workspace) == {"kept": b"kept"}


@pytest.mark.parametrize(
    "name",
    [".mcp.json", ".claude/settings.json", ".vscode/tasks.json", ".envrc", ".bashrc", "backcheck.yaml", ".backcheck/waivers.yaml"],
)  # fmt: skip
@pytest.mark.parametrize("exists", [True, False], ids=["existing", "absent"])
def test_a_protected_name_cannot_be_written(name: str, exists: bool, run: Run, workspace: Path) -> None:
    path = workspace / name
    if exists:
        path.parent.mkdir(exist_ok=True)
        path.write_text("as it was")
    before = everything(workspace)
    done = run(
        f"mkdir -p $(dirname {name}); echo planted > {name}; rm -rf {name}; echo planted > other && mv other {name};"
        f" top={name.partition('/')[0]}; mv $top moved; mkdir -p $(dirname {name}); echo planted > {name}; rm -rf $top;"
        " ln -s /etc $top; rm -f other"
    )
    assert everything(workspace) == before, done.output


@pytest.mark.parametrize(
    "name", ["hooks/post-commit", "config", "config.worktree", "info/attributes", "info/exclude", "objects/info/alternates", "commondir"]
)  # fmt: skip
def test_what_git_obeys_cannot_be_written(name: str, run: Run, workspace: Path) -> None:
    git = repository(workspace)
    before = everything(git)
    done = run(f"echo planted > .git/{name}; mv .git .git2 && cp -r .git2 .git; echo planted > .git/{name}")
    assert everything(git) == before, done.output
    assert not (workspace / ".git2").exists()


def test_a_protected_name_that_is_a_link_keeps_its_target_and_what_lies_there(run: Run, workspace: Path) -> None:
    (workspace / "shared").mkdir()
    (workspace / "shared/settings.json").write_text("as it was")
    (workspace / ".claude").symlink_to("shared")
    run("echo planted > .claude/settings.json; echo planted > shared/settings.json; rm .claude; mkdir .claude")
    assert (workspace / ".claude").readlink().name == "shared"
    assert (workspace / "shared/settings.json").read_text() == "as it was"


def test_a_loop_left_running_cannot_write_a_protected_name_after_the_end(run: Run, workspace: Path) -> None:
    run("(while :; do mkdir .claude; echo planted > .claude/settings.json; done) 2>/dev/null & exit 0")
    assert everything(workspace) == {}


def test_runs_at_the_same_time_keep_their_protection(provider: Provider, workspace: Path) -> None:
    async def both() -> None:
        policy = Policy(workspace)
        long = "for i in $(seq 300); do mkdir .claude; done 2>/dev/null; echo planted > .claude/x"
        await asyncio.gather(
            run_in(provider, long, policy, 10), *(run_in(provider, "true", policy, 10) for _ in range(4))
        )

    asyncio.run(both())
    assert everything(workspace) == {}


def test_placeholders_of_a_run_that_was_killed_are_swept_by_the_next(run: Run, workspace: Path) -> None:
    (workspace / ".claude").mkdir(mode=0)
    (workspace / "kept").mkdir(mode=0)
    run("true")
    assert [path.name for path in workspace.iterdir()] == ["kept"]


def test_git_works_and_does_not_see_the_protection(run: Run, workspace: Path) -> None:
    repository(workspace)
    done = run(
        "echo 1 > a && git add -A && git -c user.name=a -c user.email=a@b.c commit -qm one && git status --short"
        " && git ls-files && cp -r . /tmp/copy"
    )
    assert (done.exit_code, done.output) == (0, "a\n")


def test_the_host_cannot_be_reached_over_the_network(run: Run) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        done = run(
            f"exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached; tail -n +3 /proc/net/route; tail -n +3 /proc/net/dev"
        )
    assert "reached" not in done.output
    assert [line.split(":")[0].strip() for line in done.output.splitlines() if line.strip().endswith(" 0")] == ["lo"]


def test_credentials_of_the_home_cannot_be_read(run: Run, scrubbed_environment: Path) -> None:
    secret = f"secret-{uuid4()}"
    for name in (".ssh/id_ed25519", ".aws/credentials", ".config/gh/hosts.yml", ".netrc", ".claude/.credentials.json"):
        path = scrubbed_environment / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secret)
    done = run(f"cd ~ && find . -type f; grep -rs {secret} ~ {scrubbed_environment}; cat /etc/shadow")
    assert secret not in done.output
    assert "root:" not in done.output


def test_the_environment_holds_no_key(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "SOMETHING_NOBODY_KNOWS"):
        monkeypatch.setenv(name, "secret-value")
    monkeypatch.setenv("LD_PRELOAD", "")
    done = run("env; cat /proc/1/environ | tr '\\0' '\\n'")
    assert "secret-value" not in done.output
    assert "LD_PRELOAD" not in done.output


def test_other_processes_cannot_be_seen(run: Run) -> None:
    marker = f"marker-{uuid4()}"
    with subprocess.Popen([sys.executable, "-c", "input()", marker], stdin=subprocess.PIPE) as other:
        done = run("cat /proc/*/cmdline | tr '\\0' ' '")
        other.communicate(b"\n")
    assert marker not in done.output


def test_the_interpreter_of_this_process_works_inside(run: Run) -> None:
    done = run(f"{sys.executable} -c 'import yaml, sys; print(sys.prefix)'")
    assert done.output == f"{sys.prefix}\n"


def test_a_question_is_not_waited_for(run: Run) -> None:
    done = run(
        "read answer || echo nobody; cat; test -t 0 || echo no terminal; (echo x > /dev/tty) 2>/dev/null || echo no tty"
    )
    assert done.output == "nobody\nno terminal\nno tty\n"


def test_a_time_limit_ends_what_ignores_signals_and_what_has_left_the_group(run: Run) -> None:
    marker = f"marker-{uuid4()}"
    done = run(
        f"trap '' TERM INT HUP; setsid bash -c 'exec -a {marker} sleep 300' & (setsid setsid bash -c 'exec -a {marker} sleep 301' &);"
        " echo begun; sleep 302",
        seconds=0.5,
    )
    assert (done.timed_out, done.output) == (True, "begun\n")
    assert processes_named(marker) == []


def test_what_is_left_in_the_background_ends_with_the_command(run: Run) -> None:
    marker = f"marker-{uuid4()}"
    done = run(f"setsid nohup bash -c 'exec -a {marker} sleep 300' >/dev/null 2>&1 & sleep 300 & echo done")
    assert (done.exit_code, done.output) == (0, "done\n")
    assert done.seconds < 5
    assert processes_named(marker) == []


def test_cancellation_ends_everything(provider: Provider, workspace: Path) -> None:
    marker = f"marker-{uuid4()}"

    async def cancelled() -> None:
        command = f"touch begun; setsid bash -c 'exec -a {marker} sleep 300'"
        work = asyncio.create_task(run_in(provider, command, Policy(workspace), 60))
        while not ((workspace / "begun").exists() or work.done()):  # noqa: ASYNC110 - another process makes the file
            await asyncio.sleep(0)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(cancelled())
    assert processes_named(marker) == []
    assert everything(workspace) == {"begun": b""}


def test_cancellation_while_the_sandbox_starts_leaves_nothing(provider: Provider, workspace: Path) -> None:
    marker = f"marker-{uuid4()}"

    async def cancelled(milliseconds: int) -> None:
        work = run_in(provider, f"setsid bash -c 'exec -a {marker} sleep 300'", Policy(workspace), 60)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(work, milliseconds / 1000)

    for milliseconds in range(1, 16):
        asyncio.run(cancelled(milliseconds))
    assert processes_named(marker) == []
    assert everything(workspace) == {}


def test_a_long_output_keeps_its_head_and_its_tail(run: Run) -> None:
    done = run("echo first; yes filling | head -c 200000; echo last")
    assert done.truncated
    assert done.output.startswith("first\n")
    assert done.output.endswith("last\n")
    assert "bytes left out" in done.output
    assert len(done.output) < 33_000


def test_a_command_that_prints_without_end_is_killed(run: Run) -> None:
    done = run("yes", seconds=30)
    assert (done.exit_code, done.truncated, done.timed_out) == (137, True, False)


def test_a_file_cannot_grow_without_end(run: Run, workspace: Path) -> None:
    done = run("truncate -s 3G big; echo $?")
    assert not done.output.endswith("0\n")
    assert (workspace / "big").stat().st_size <= 1024**3
