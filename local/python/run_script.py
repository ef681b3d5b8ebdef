"""Runs the program of a script-mode job and reports its failure as SageMaker's training toolkit does.

Usage:
    run_script.py [--capture-errors] COMMAND ...

If the program fails, this script exits with 1. It also writes the toolkit's error message to
$SM_OUTPUT_DIR/failure, unless the program wrote that file. The message contains the program's exit code, which
is negative if a signal ended the program.

With --capture-errors, the message also contains the program's output, starting at the first line that names an
exception. The PyTorch and TensorFlow containers capture errors; those of scikit-learn and XGBoost do not.

Source of the rules: aws/sagemaker-training-toolkit 5.1.4, process.py, errors.py, trainer.py, files.py.
"""

from __future__ import annotations

import builtins
import os
import signal
import subprocess
import sys
import threading
from typing import BinaryIO

# Error names that the toolkit recognizes, in addition to Python's exceptions and the toolkit's own error.
FURTHER_ERRORS = (
    "Invalid requirement",
    "ResourceExhaustedError",
    "OutOfRangeError",
    "InvalidArgumentError",
    "mpirun.real",
    "ORTE",
    "ExecuteUserScriptError",
)
# Python's exceptions that the toolkit does not recognize.
UNKNOWN_EXCEPTIONS = (
    "BaseException",
    "GeneratorExit",
    "KeyboardInterrupt",
    "StopIteration",
    "StopAsyncIteration",
    "SystemExit",
)
# Exit code that a shell returns for a killed program. The usual cause is using too much memory.
KILLED = 137
CHUNK_BYTES = 1 << 16
# How long to wait for the end of the output after the program has ended: its child processes can keep the
# stream open.
OUTPUT_GRACE_SECONDS = 2
MEMORY_HINT = (
    "The process was killed, most likely because this machine ran out of memory: use less data, or run fewer "
    "training jobs at once"
)


def known_errors() -> tuple[str, ...]:
    exceptions = [
        name
        for name, value in vars(builtins).items()
        if isinstance(value, type)
        and issubclass(value, BaseException)
        and not issubclass(value, Warning)
        and name not in UNKNOWN_EXCEPTIONS
    ]
    return (*exceptions, *FURTHER_ERRORS)


class ErrorText:
    """A program's output to one stream, starting at the first line that names an error."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        self._errors = errors
        self._lines: list[str] = []

    def copy(self, source: BinaryIO, target: BinaryIO) -> None:
        """Copies a stream and searches its lines for errors. Copies whole lines, because standard output and
        standard error go to the same log.
        """
        rest = b""
        while chunk := os.read(source.fileno(), CHUNK_BYTES):
            lines, newline, rest = (rest + chunk).rpartition(b"\n")
            if newline:
                target.write(lines + newline)
                target.flush()
                for line in lines.split(b"\n"):
                    self._add(line)
        target.write(rest)
        target.flush()
        self._add(rest)

    def _add(self, line: bytes) -> None:
        text = line.decode("utf-8", "replace")
        if self._lines or any(error in text for error in self._errors):
            self._lines.append(text.strip(" :\n") + "\n")

    def __str__(self) -> str:
        return " ".join(dict.fromkeys(self._lines))


def run(command: list[str], captures_errors: bool) -> tuple[int, str]:
    """Runs a command. Returns its exit code and its error output."""
    if not captures_errors:
        return subprocess.Popen(command).wait(), ""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    texts = [ErrorText(known_errors()), ErrorText(known_errors())]
    streams = ((process.stdout, sys.stdout.buffer), (process.stderr, sys.stderr.buffer))
    threads = [
        threading.Thread(target=text.copy, args=stream, daemon=True) for text, stream in zip(texts, streams)
    ]
    for thread in threads:
        thread.start()
    code = process.wait()
    for thread in threads:
        thread.join(OUTPUT_GRACE_SECONDS)
    lines = " ".join(map(str, texts)).split("\n")
    return code, "\n".join(dict.fromkeys(lines)).strip()


def words(command: list[str], code: int, message: str) -> str:
    extra = ['ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"'] if code == KILLED else []
    lines = ["ExecuteUserScriptError:", f"ExitCode {code}", f'ErrorMessage "{message}"', *extra]
    return "\n".join([*lines, f'Command "{" ".join(command)}"'])


def report(text: str) -> None:
    path = os.path.join(os.environ["SM_OUTPUT_DIR"], "failure")
    if not os.path.exists(path):
        with open(path, "wb") as file:
            file.write(os.fsencode(text))


def main(arguments: list[str]) -> int:
    captures_errors = arguments[0] == "--capture-errors"
    command = arguments[1:] if captures_errors else arguments
    # When a job is stopped, all its processes receive this signal. This script waits for the program to end.
    signal.signal(signal.SIGTERM, lambda *_: None)
    code, message = run(command, captures_errors)
    if code in (KILLED, -signal.SIGKILL):
        print(MEMORY_HINT, flush=True)
    if code != 0:
        report(words(command, code, message))
    return int(code != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
