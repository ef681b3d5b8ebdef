"""The main loop of warm workers: processes that stay alive between training jobs, so that libraries and data are loaded
only once.

In: {"op": "train", "job": n, ...} and {"op": "stop", "job": n}. Out: {"ready": true, ...} once, then for
each job {"job": n, "log": [lines]} any number of times, and {"job": n, "outcome": {...}} when the job ends.

A job with "forks": true runs in a forked process, which shares the data that this process has loaded.
Meanwhile, this process accepts the next job. {"op": "kill", "job": n} kills the forked process of a job.
{"job": n, "ended": {...}} reports that the forked process has ended.
"""

import os
import threading
import time
import traceback
import warnings
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from errors import AlgorithmError, ClientError, JobFailure
from forked_jobs import ForkedJobs, return_freed_memory
from protocol import Channel, Message

# Log lines that a job prints within this number of seconds are sent together, because a message for each line would
# take longer than the rounds of a small model. The line of a slow round is sent immediately.
FLUSH_SECONDS = 0.02

# Runs a job (job, log, is_stopped) and saves its model. Returns false if the job was stopped.
Train = Callable[[Message, Callable[[str], None], Callable[[], bool]], bool]

# Starts the model server of a transform job (job, log).
StartServer = Callable[[Message, Callable[[str], None]], Any]


def with_transforms(train: Train, start_server: StartServer) -> Train:
    """A function that runs both kinds of jobs: training jobs, and transform jobs with a model server."""

    def run(job: Message, log: Callable[[str], None], is_stopped: Callable[[], bool]) -> bool:
        if "transform" not in job:
            return train(job, log, is_stopped)
        from batch_transform import transform

        return transform(job["transform"], lambda: start_server(job, log), log, is_stopped)

    return run


class _Log:
    def __init__(self, channel: Channel, job: int) -> None:
        self._channel = channel
        self._job = job
        self._lines: List[str] = []
        self._sent = 0.0

    def write(self, line: str) -> None:
        self._lines.append(line)
        if time.monotonic() - self._sent >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        if self._lines:
            self._channel.send({"job": self._job, "log": self._lines})
            self._lines = []
        self._sent = time.monotonic()


class _Stops:
    """Keeps track of the jobs that should stop."""

    def __init__(self, ends_process: bool) -> None:
        self._ends_process = ends_process
        self._lock = threading.Lock()
        self._stopped: Set[int] = set()
        self._running: Optional[int] = None

    def note(self, message: Message) -> bool:
        """Handles stop and kill messages in the reading thread. Returns false for other messages."""
        if message["op"] not in ("stop", "kill"):
            return False
        with self._lock:
            if self._ends_process and message["job"] == self._running:
                os._exit(0)
            self._stopped.add(message["job"])
        return True

    def is_stopped(self, job: int) -> bool:
        return job in self._stopped

    def set_running(self, job: Optional[int]) -> None:
        with self._lock:
            self._running = job
            if job is None:
                self._stopped.clear()


def serve(
    prepare: Callable[[], Tuple[Message, Train]],
    stop_ends_process: bool = False,
    load: Callable[[Message], None] = lambda job: None,
) -> None:
    """Serves jobs until the process ends.

    `prepare` imports the library. It returns two values: the fields to add to the ready message, and the function
    that trains. With `stop_ends_process`, stopping a job ends the process, for libraries that cannot be interrupted.
    `load` loads the data that forked processes share. If `load` fails, the forked job loads the data itself, and
    reports the error.
    """
    stops = _Stops(stop_ends_process)
    # `forked` is created before the channel, because the channel immediately starts to pass messages to `forked`.
    forked = ForkedJobs()
    channel = Channel(lambda message: _is_passed_on(message, forked) or stops.note(message))
    # `prepare` is called after the channel was created, because the channel redirects the output of native libraries.
    about, train = prepare()
    channel.send({"ready": True, **about})
    while True:
        job = channel.receive()
        number = job["job"]
        if not job.get("forks"):
            _run(job, train, channel, stops)
            continue
        return_freed_memory()
        try:
            load(job)
        except Exception:
            pass
        if stops.is_stopped(number):
            channel.send({"job": number, "outcome": {"status": "Stopped"}})
        else:
            forked.start(number, lambda: _run_forked(job, train), channel.send)


def _is_passed_on(message: Message, forked: ForkedJobs) -> bool:
    return message["op"] in ("stop", "kill") and forked.pass_on(message)


def _run_forked(job: Message, train: Train) -> None:
    stops = _Stops(ends_process=False)
    _run(job, train, Channel(stops.note, os.fdopen(0, "rb")), stops)


def _run(job: Message, train: Train, channel: Channel, stops: _Stops) -> None:
    """Runs a job in this process."""
    number = job["job"]
    log = _Log(channel, number)
    stops.set_running(number)

    def show_warning(message: Any, *_: Any, **__: Any) -> None:
        for line in str(message).splitlines():
            log.write(line)

    warnings.showwarning = show_warning
    outcome: Dict[str, Any]
    try:
        finished = train(job, log.write, lambda: stops.is_stopped(number))
        outcome = {"status": "Completed" if finished else "Stopped"}
    except JobFailure as error:
        outcome = {"status": "Failed", "failureReason": str(error)}
    except ClientError as error:
        outcome = _failed(log, f"ClientError: {error}")
    except AlgorithmError as error:
        outcome = _failed(log, f"AlgorithmError: {error}, exit code: 1")
    except Exception as error:
        for line in traceback.format_exc().splitlines():
            log.write(line)
        outcome = _failed(log, f"AlgorithmError: {type(error).__name__}: {error}, exit code: 1")
    log.flush()
    stops.set_running(None)
    channel.send({"job": number, "outcome": outcome})


def _failed(log: _Log, reason: str) -> Dict[str, Any]:
    for line in reason.splitlines():
        log.write(line)
    return {"status": "Failed", "failureReason": reason}
