"""Runs the program as a process of its own without starting an interpreter: a server that has imported it forks.

The process has its own arguments, directory, environment, streams and end; only imports are shared, and the attempts of
a request follow each other at once. A client passes signals on. A test about the start, about SIGKILL or about the
encoding of streams starts an interpreter instead.
"""

import marshal
import os
import signal
import socket
import sys
from collections.abc import Callable
from functools import cache

BEGAN = "TESTS_BEGAN"
"""A variable: the time at which the program's clock shows 10:00 on the day of the guides' examples."""

PROGRAM = "reconciler.cli"
"""The module whose `main` is called, unless told otherwise."""

_LENGTH = 8
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_UNUSABLE = {"reconciler.__main__", "reconciler.state.object_store", "reconciler.state.providers"}
"""Not imported beforehand: a start of the program, and what brings threads of its own that no fork survives."""


def run(
    address: str,
    arguments: list[str],
    cwd: str,
    environment: dict[str, str],
    streams: tuple[int, int, int],
    seconds: float | None = None,
    module: str = PROGRAM,
) -> int:
    """Runs the program with these streams, and returns its exit code; negative: the signal that ended it.

    Raises TimeoutError where it takes longer than `seconds`, and ends it.
    """
    with _begun(address, (module, arguments, cwd, environment, []), streams) as server:
        server.settimeout(seconds)
        return _end(server)


def _begun(
    address: str, program: tuple[str, list[str], str, dict[str, str], list[int]], streams: tuple[int, int, int]
) -> socket.socket:
    given = marshal.dumps(program)
    server = socket.socket(socket.AF_UNIX)
    server.connect(address)
    socket.send_fds(server, [len(given).to_bytes(_LENGTH, "big")], list(streams))
    server.sendall(given)
    return server


def _end(server: socket.socket) -> int:
    answer = server.recv(16)
    if not answer:
        raise RuntimeError("the server of forked programs broke off")
    return int(answer)


def call(arguments: list[str], cwd: str, environment: dict[str, str]) -> tuple[int, str, str]:
    """Runs the program with nothing on its standard input; returns its exit code and what it wrote."""
    from pathlib import Path
    from tempfile import TemporaryFile

    with Path(os.devnull).open("rb") as stdin, TemporaryFile() as out, TemporaryFile() as err:
        streams = (stdin.fileno(), out.fileno(), err.fileno())
        code = run(server(), arguments, cwd, environment, streams)
        out.seek(0)
        err.seek(0)
        return code, out.read().decode(), err.read().decode()


def words(*arguments: object, module: str = PROGRAM) -> list[str]:
    """Returns a command that runs the program: a small process that passes signals on, and ends as the program does."""
    return [sys.executable, "-I", "-S", __file__, server(), module, *map(str, arguments)]


def command() -> str:
    """Returns what stands for `reconciler` in a shell."""
    import shlex

    return shlex.join(words())


def call_with_output(
    arguments: list[str], cwd: str, environment: dict[str, str], seconds: float, module: str = PROGRAM
) -> tuple[int, str]:
    """Runs the program as `call` does; returns its exit code and what it wrote on both streams, in order."""
    from pathlib import Path
    from tempfile import TemporaryFile

    with Path(os.devnull).open("rb") as stdin, TemporaryFile() as out:
        streams = (stdin.fileno(), out.fileno(), out.fileno())
        code = run(server(), arguments, cwd, environment, streams, seconds, module)
        out.seek(0)
        return code, out.read().decode("utf-8", "replace")


@cache
def server() -> str:
    """Returns the address of this process's server, which is started at the first call and ends with the process."""
    import atexit
    import shutil
    import subprocess
    import tempfile
    from pathlib import Path

    folder = tempfile.mkdtemp(prefix="forked-")
    listener = socket.socket(socket.AF_UNIX)
    address = str(Path(folder) / "socket")
    listener.bind(address)
    listener.listen()
    source = str(Path(__file__).parents[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", "--serve", str(listener.fileno())],
        cwd=source,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": source},
        stdin=subprocess.PIPE,
        pass_fds=[listener.fileno()],
    )
    listener.close()

    def end() -> None:
        process.communicate()
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    return address


def _serve(listener: socket.socket) -> None:
    """Forks a supervisor for each request, until the process that started this one is gone."""
    import gc
    import pkgutil
    import select
    from contextlib import suppress
    from importlib import import_module

    import reconciler
    from tests import pauses

    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if module.name not in _UNUSABLE:
            import_module(module.name)
    pauses.shorten()
    gc.freeze()
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            if called := _module_of_program(connection):
                _end_at_once(import_module(called).main)
            os._exit(0)
        connection.close()
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
    os._exit(0)


def _end_at_once(main: Callable[[], object]) -> None:
    """Runs a program to its end: its threads are waited for, its exit handlers run, its streams flushed. Only what
    Python then does for nobody is left out: taking apart every module of the fork, which costs more than a short run.
    """
    import atexit
    import threading

    try:
        main()
    except SystemExit as error:
        if not isinstance(error.code, int):
            raise
        threading._shutdown()  # type: ignore[attr-defined] # noqa: SLF001 - as multiprocessing ends its forks
        atexit._run_exitfuncs()  # noqa: SLF001
        for stream in (sys.stdout, sys.stderr):
            if stream and not stream.closed:
                stream.flush()
        os._exit(error.code)


def _module_of_program(connection: socket.socket) -> str:
    """Forks once more. Returns the module to run in the new process; in the old one nothing, once the new one ended
    and its code was sent.
    """
    from contextlib import suppress

    length, streams, _, _ = socket.recv_fds(connection, _LENGTH, 3)
    given = b""
    while len(given) < int.from_bytes(length, "big"):
        given += connection.recv(int.from_bytes(length, "big") - len(given))
    module, arguments, cwd, environment, ignored = marshal.loads(given)
    lives, held_while_it_lives = os.pipe()
    program = os.fork()
    if program:
        for stream in (0, 1, 2, *streams, held_while_it_lives):
            os.close(stream)
        _pass_signals_on(connection, program, lives)
        _, status = os.waitpid(program, 0)
        with suppress(BrokenPipeError):
            connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        return ""
    connection.close()
    os.close(lives)
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    if BEGAN in environment:
        show_example_day(float(environment[BEGAN]))
    sys.argv = ["reconciler", *arguments]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the process's own for as long as it lives
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    return str(module)


def _pass_signals_on(connection: socket.socket, program: int, lives: int) -> None:
    """Sends the program each signal that the client names, and SIGKILL once there is no client; until it ends."""
    import select

    while lives not in select.select([lives, connection.fileno()], [], [])[0]:
        named = connection.recv(1)
        os.kill(program, named[0] if named else signal.SIGKILL)
        if not named:
            return


def show_example_day(began: float) -> None:
    """Sets this process's clock, which showed 10:00 on 21 November 2026 when it began: what guides show is of that day,
    and runs on any.
    """
    from datetime import UTC, datetime, tzinfo

    from reconciler.sandbox import tenants
    from reconciler.system import clock

    later = datetime(2026, 11, 21, 10, tzinfo=UTC) - datetime.fromtimestamp(began, UTC)

    class ExampleDay(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "ExampleDay":
            return super().now(tz) + later

    for module in (clock, tenants):
        module.datetime = ExampleDay  # type: ignore[attr-defined]


def _client(address: str, module: str, arguments: list[str]) -> None:
    ignored = [int(number) for number in _PASSED_ON if signal.getsignal(number) == signal.SIG_IGN]
    program = module, arguments, os.getcwd(), dict(os.environ), ignored  # noqa: PTH109 - without pathlib's import
    server = _begun(address, program, (0, 1, 2))
    for number in {*_PASSED_ON} - {*ignored}:
        signal.signal(number, lambda number, _: server.sendall(bytes([number])))
    code = _end(server)
    if code < 0:
        if -code in _PASSED_ON:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        _serve(socket.socket(fileno=int(sys.argv[2])))
    else:
        _client(sys.argv[1], sys.argv[2], sys.argv[3:])
