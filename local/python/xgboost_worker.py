"""A warm worker: runs training jobs of the built-in XGBoost algorithm, one after the other.

In: {"op": "train", "job": n, ...} and {"op": "stop", "job": n}. Out: {"ready": true, ...} once, then for each
job {"job": n, "log": [lines]} any number of times and {"job": n, "outcome": {...}} at its end.
"""

import time
import traceback
import warnings
from typing import Any, Dict, List, Set

from protocol import Channel, Message
from errors import AlgorithmError, ClientError

# Lines printed closer together than this travel together: a line a message would cost more than the
# rounds of a small model. A slow round is always sent at once.
FLUSH_SECONDS = 0.02


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


def main() -> None:
    stopped: Set[int] = set()

    def note_stop(message: Message) -> bool:
        if message["op"] != "stop":
            return False
        stopped.add(message["job"])
        return True

    channel = Channel(note_stop)
    import xgboost  # after the channel: what a native library prints must not reach the protocol

    from xgboost_data import DataStore
    from xgboost_training import train

    store = DataStore()
    channel.send({"ready": True, "xgboostVersion": xgboost.__version__})
    while True:
        job = channel.receive()
        number = job["job"]
        log = _Log(channel, number)

        def show_warning(message: Any, *_: Any, **__: Any) -> None:
            for line in str(message).splitlines():
                log.write(line)

        warnings.showwarning = show_warning
        outcome: Dict[str, Any]
        try:
            finished = train(job, store, log.write, lambda: number in stopped)
            outcome = {"status": "Completed" if finished else "Stopped"}
        except ClientError as error:
            outcome = _failed(log, f"ClientError: {error}")
        except AlgorithmError as error:
            outcome = _failed(log, f"AlgorithmError: {error}, exit code: 1")
        except Exception as error:
            for line in traceback.format_exc().splitlines():
                log.write(line)
            outcome = _failed(log, f"AlgorithmError: {type(error).__name__}: {error}, exit code: 1")
        log.flush()
        stopped.discard(number)
        channel.send({"job": number, "outcome": outcome})


def _failed(log: _Log, reason: str) -> Dict[str, Any]:
    for line in reason.splitlines():
        log.write(line)
    return {"status": "Failed", "failureReason": reason}


if __name__ == "__main__":
    main()
