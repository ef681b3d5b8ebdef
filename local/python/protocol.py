"""JSON lines between local mode (Node.js) and its Python processes.

One request or message a line. Standard output carries the protocol and nothing else: whatever Python
code or a native library prints goes to standard error instead. The process ends when its standard input
closes, even in the middle of a computation, so it never outlives its parent.
"""

import json
import os
import queue
import signal
import sys
import threading
import traceback
from typing import Any, BinaryIO, Callable, Dict, Optional

# Ctrl-C goes to every process of the terminal; what is to stop then is the parent's to say.
signal.signal(signal.SIGINT, signal.SIG_IGN)

Message = Dict[str, Any]


class Channel:
    """Reads messages in a thread of its own and writes messages from any thread."""

    def __init__(
        self, on_message: Optional[Callable[[Message], bool]] = None, source: Optional[BinaryIO] = None
    ) -> None:
        """`on_message` sees each message at once, in the reading thread; true keeps it from `receive`.

        Messages come from `source`, or else from standard input.
        """
        self._source = source or sys.stdin.buffer
        self._output = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)  # native code that writes to descriptor 1 must not break the protocol
        sys.stdout = sys.stderr
        self._lock = threading.Lock()
        self._on_message = on_message
        self._incoming: "queue.Queue[Message]" = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def receive(self) -> Message:
        """Waits for the next message."""
        return self._incoming.get()

    def send(self, message: Message) -> None:
        """Writes one message; it is with the parent when this returns."""
        # NaN and infinity are no JSON: an error here, where the parent would drop the line and wait for ever.
        data = memoryview((json.dumps(message, allow_nan=False) + "\n").encode("utf-8"))
        with self._lock:
            while data:  # unbuffered: a pipe may take only a part
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
            # No clean-up: the main thread may be deep in native code, and the parent is gone.
            os._exit(0)
