"""Runs training jobs in forked processes that share this process's memory, so that data is loaded only once.

A child process exchanges the messages of training_worker.py with this process through two pipes. The child ends when
this process ends.
"""

import ctypes
import json
import os
import signal
import threading
from typing import Callable, Dict, NamedTuple

from protocol import Message

# Parameters of glibc's mallopt.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_MIB = 1 << 20


def return_freed_memory() -> None:
    """Makes the C library return large blocks to the operating system when they are freed.

    By default, glibc keeps freed blocks of up to 32 MiB: about 70 MiB in total after XGBoost has parsed 150 MB of data.
    """
    _set_malloc(_MMAP_THRESHOLD, _MIB)


def _keep_freed_memory() -> None:
    """Makes the C library keep freed blocks, because each training round allocates blocks of the same sizes."""
    _set_malloc(_MMAP_THRESHOLD, 32 * _MIB)
    _set_malloc(_TRIM_THRESHOLD, 256 * _MIB)


def _set_malloc(parameter: int, value: int) -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # exists only in glibc
    if mallopt is not None:
        mallopt(parameter, value)


class _Child(NamedTuple):
    process: int
    commands: int  # write end of the pipe from which the child reads messages
    reports: int


class ForkedJobs:
    """Starts jobs in forked processes and passes messages on to them."""

    def __init__(self) -> None:
        self._children: Dict[int, _Child] = {}
        self._lock = threading.Lock()

    def start(self, number: int, run: Callable[[], None], send: Callable[[Message], None]) -> None:
        """Runs a job in a forked process and sends its reports. Its standard input and output are pipes to
        this process.
        """
        commands, commands_end = os.pipe()
        reports_end, reports = os.pipe()
        with self._lock:
            process = os.fork()
            if process == 0:
                # Closes the pipes of other children. Open pipes would keep those children alive.
                for child in self._children.values():
                    os.close(child.commands)
                    os.close(child.reports)
                os.close(commands_end)
                os.close(reports_end)
                _be_child(commands, reports, run)
            child = self._children[number] = _Child(process, commands_end, reports_end)
        os.close(commands)
        os.close(reports)
        threading.Thread(target=self._relay, args=(number, child, send), daemon=True).start()

    def pass_on(self, message: Message) -> bool:
        """Passes a stop or kill message on to the process of its job. Returns false if the job has no process."""
        with self._lock:
            child = self._children.get(message["job"])
            if child is None:
                return False
            if message["op"] == "kill":
                os.kill(child.process, signal.SIGKILL)
                return True
            try:
                os.write(child.commands, (json.dumps(message) + "\n").encode())
            except BrokenPipeError:
                pass  # the process has just ended
            return True

    def _relay(self, number: int, child: _Child, send: Callable[[Message], None]) -> None:
        """Relays the reports of a child process, then reports its end."""
        with open(child.reports, "rb", closefd=False) as reports:
            for line in reports:
                if line.endswith(b"\n"):
                    send(json.loads(line))
        _, status = os.waitpid(child.process, 0)
        with self._lock:
            del self._children[number]
            os.close(child.commands)
            os.close(child.reports)
        end = os.waitstatus_to_exitcode(status) if hasattr(os, "waitstatus_to_exitcode") else _exit_code(status)
        send({"job": number, "ended": {"code": end} if end >= 0 else {"signal": _signal_name(-end)}})


def _exit_code(status: int) -> int:
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _signal_name(number: int) -> str:
    return signal.Signals(number).name


def _be_child(commands: int, reports: int, run: Callable[[], None]) -> None:
    """Runs the job and ends the process, whatever happens."""
    try:
        os.dup2(commands, 0)
        os.dup2(reports, 1)
        os.close(commands)
        os.close(reports)
        _keep_freed_memory()
        # Uses a new thread: a fork does not copy OpenMP's threads. On the thread that forked, OpenMP would wait for the
        # missing threads.
        job = threading.Thread(target=run)
        job.start()
        job.join()
    finally:
        os._exit(0)
