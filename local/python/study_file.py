"""The file of a study: a journal of Optuna's, which optuna-dashboard opens while the search runs."""

import json
import os
from typing import Any, Dict, List

from optuna.storages.journal import JournalFileBackend
from optuna.storages.journal._file import get_lock_file


class StudyFile(JournalFileBackend):
    """Optuna's journal file without a wait for the disk after every line: it had a dozen of them for each trial.

    What a killed process has written stays; when the machine itself fails, the last lines may be lost.
    """

    def __init__(self, path: str) -> None:
        _mend(path)
        super().__init__(path)

    def append_logs(self, logs: List[Dict[str, Any]]) -> None:
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with get_lock_file(self._lock), open(self._file_path, "ab") as journal:
            journal.write(lines.encode("utf-8"))


def _mend(path: str) -> None:
    """Makes a journal usable that a killed process left behind: a lock, half a line at the end."""
    lock = path + ".lock"
    if os.path.lexists(lock):
        os.unlink(lock)
    if not os.path.exists(path):
        return
    with open(path, "rb+") as journal:
        content = journal.read()
        end = content.rfind(b"\n") + 1
        if end < len(content):
            try:
                json.loads(content[end:])
                journal.write(b"\n")
            except ValueError:
                journal.truncate(end)
