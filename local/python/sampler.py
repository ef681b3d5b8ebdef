"""The sampler process: runs searches with Optuna. Local mode communicates with it in JSON lines.

A request has `id`, `op` (start, ask, report, restore, rejoin, tell, close), `search` and the operation's
arguments. The response has the same `id`, and either `result` or `error`.
"""

import os
from typing import TYPE_CHECKING, Any, Dict, Type

# Must be set before NumPy is imported. The Gaussian process has small matrices, for which one thread is enough. More
# threads would slow down training jobs.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[_variable] = "1"

from protocol import Channel  # noqa: E402

if TYPE_CHECKING:
    from search import Search


def main() -> None:
    channel = Channel()
    # Imports Optuna after the channel was created: the import is slow, and the channel ends this process if the parent
    # ends.
    from search import Search

    searches: Dict[int, "Search"] = {}
    channel.send({"ready": True})
    while True:
        request = channel.receive()
        try:
            answer = {"result": _answer(Search, searches, request)}
        except Exception as error:  # the process must continue with other searches
            answer = {"error": f"{type(error).__name__}: {error}"}
        channel.send({"id": request["id"], **answer})


def _answer(kind: Type["Search"], searches: Dict[int, "Search"], request: Dict[str, Any]) -> Any:
    operation, key = request["op"], request["search"]
    if operation == "start":
        searches[key] = kind(request["specification"])
        return None
    if operation == "close":
        searches.pop(key, None)
        return None
    search = searches[key]
    if operation == "ask":
        return search.ask()
    if operation == "report":
        return search.report(request["trial"], request["step"], request["value"])
    if operation == "restore":
        return search.restore(request["trial"], request["values"], request.get("value"), request["stopped"])
    if operation == "rejoin":
        return search.rejoin(request["trial"], request["values"])
    if operation == "tell":
        return search.tell(request["trial"], request.get("value"))
    raise ValueError(f"unknown operation {operation}")


if __name__ == "__main__":
    main()
