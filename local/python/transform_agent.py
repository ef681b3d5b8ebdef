"""Runs a transform job whose model server runs the code of a user: a script, or a program that answers HTTP.

Usage: `transform_agent.py JOB`. The file JOB contains
{"transform": {...}, "server": {"kind": "script" or "container", ...}, "outcome": FILE}. The process writes the job's
outcome to FILE. Everything that the process prints is the job's log.
"""

import json
import os
import sys
from typing import Any, Callable, Dict, Mapping

import container_serving
import script_serving
from batch_transform import transform
from errors import JobFailure

_SERVERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "script": script_serving.Server, "container": container_serving.Server,
}


def _hide_own_modules() -> None:
    """Makes `import errors` in a user's script find the user's module instead of the one in this folder."""
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != folder]
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name != "__main__" and file and os.path.dirname(os.path.abspath(file)) == folder:
            del sys.modules[name]


def _run(job: Mapping[str, Any]) -> Dict[str, str]:
    server = job["server"]
    try:
        transform(job["transform"], lambda: _SERVERS[server["kind"]](server), print, lambda: False)
    except JobFailure as error:
        return {"status": "Failed", "failureReason": str(error)}
    return {"status": "Completed"}


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    _hide_own_modules()
    outcome = _run(job)
    partial = job["outcome"] + "-partial"
    with open(partial, "w", encoding="utf-8") as file:
        json.dump(outcome, file)
    os.replace(partial, job["outcome"])


if __name__ == "__main__":
    main(sys.argv[1])
