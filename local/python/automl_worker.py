"""Runs candidates of an AutoML job.

In: {"op": "prepare", ...config} once, then {"op": "candidate", "number": n, "folder": path} any number of
times. Out: {"ready": true} once; {"prepared": {...}} or {"failed": reason}; {"candidate": n, "result":
{...}} or {"candidate": n, "failed": reason}; {"log": [lines]} at any time. A candidate cannot be
interrupted. To stop it, the process is killed, and the content of the candidate's folder is discarded.
"""

import traceback
import warnings
from typing import Any, Dict, List

from errors import ClientError
from protocol import Channel


def main() -> None:
    channel = Channel()
    # Ignores warnings, such as convergence warnings: a poor fit shows in the metrics.
    warnings.simplefilter("ignore")
    import automl_search  # imported late: Channel() must redirect native output first

    channel.send({"ready": True})

    def log(lines: List[str]) -> None:
        channel.send({"log": lines})

    search = None
    while True:
        message = channel.receive()
        if message["op"] == "prepare":
            try:
                search = automl_search.Search(message)
                channel.send({"prepared": search.summary()})
            except ClientError as error:
                channel.send({"failed": f"ClientError: {error}"})
            except Exception as error:
                log(traceback.format_exc().splitlines())
                channel.send({"failed": f"AlgorithmError: {type(error).__name__}: {error}"})
        elif search is not None:
            number = message["number"]
            answer: Dict[str, Any]
            try:
                answer = {"result": search.run(number, message["folder"])}
            except Exception as error:
                log(traceback.format_exc().splitlines())
                answer = {"failed": f"AlgorithmError: {type(error).__name__}: {error}"}
            channel.send({"candidate": number, **answer})


if __name__ == "__main__":
    main()
