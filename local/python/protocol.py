"""Exchanges messages between local mode (Node.js) and its Python processes as JSON lines.

Standard output carries only the protocol. Output of Python code and native libraries is redirected to
standard error. The process ends when its standard input closes, even in the middle of a computation, so it
never outlives its parent.
"""

import json
import os
import queue
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO, Callable, Dict, Optional

# Ignores Ctrl-C, which the terminal sends to all processes: the parent decides what to stop.
signal.signal(signal.SIGINT, signal.SIG_IGN)

Message = Dict[str, Any]


class Channel:
    """Reads messages in a separate thread, and writes messages from any thread."""

    def __init__(
        self, on_message: Optional[Callable[[Message], bool]] = None, source: Optional[BinaryIO] = None
    ) -> None:
        """`on_message` is called in the reading thread for each message as soon as it arrives. If it returns
        true, `receive` does not return the message.

        Messages are read from `source`, which defaults to standard input.
        """
        self._source = source or sys.stdin.buffer
        self._output = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)  # redirects native code that writes to descriptor 1
        sys.stdout = sys.stderr
        self._lock = threading.Lock()
        self._on_message = on_message
        self._incoming: "queue.Queue[Message]" = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def receive(self) -> Message:
        """Waits for the next message."""
        return self._incoming.get()

    def send(self, message: Message) -> None:
        """Writes a message. Returns after the message is written completely."""
        # Raises an error for NaN and infinity, which are not valid JSON: the parent would drop the line and wait
        # forever.
        data = memoryview((json.dumps(message, allow_nan=False) + "\n").encode("utf-8"))
        with self._lock:
            while data:  # unbuffered: a write to a pipe can be partial
                data = data[self._output.write(data):]

    def _read(self) -> None:
        try:
            for line in self._source:
                message = json.loads(line)
                if self._on_message is None or not self._on_message(message):
                    self._incoming.put(message)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        else:
            # Exits without cleanup, because the parent has ended and the main thread may be busy in native code.
            os._exit(0)
