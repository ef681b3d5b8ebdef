"""The file of a study: an Optuna journal, which optuna-dashboard can open during the search."""

import json
import os
from typing import Any, Dict, List

from optuna.storages.journal import JournalFileBackend


class StudyFile(JournalFileBackend):
    """Optuna's journal file, but without syncing to disk and without a lock file for every line, because a trial
    writes a dozen lines.

    If the process is killed, its lines are kept. If the machine crashes, the last lines can be lost. Only the sampler
    writes to a study. Readers do not lock it.
    """

    def __init__(self, path: str) -> None:
        _mend(path)
        super().__init__(path)

    def append_logs(self, logs: List[Dict[str, Any]]) -> None:
        lines = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with open(self._file_path, "ab") as journal:
            journal.write(lines.encode("utf-8"))


def _mend(path: str) -> None:
    """Repairs a journal after its process was killed: completes or removes an incomplete last line."""
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
