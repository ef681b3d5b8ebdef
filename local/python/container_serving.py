"""Starts a program that serves a model over HTTP. Sends the requests of a transform job to the program.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
"""

import http.client
import json
import subprocess
import time
from typing import Any, Dict, Mapping, Optional, Tuple

from batch_transform import Answer
from errors import NO_RESPONSE, InvocationError

_HOST = "127.0.0.1"
_OK = 200

# The timeout of a request to /ping (developer guide).
_PING_SECONDS = 2
_BETWEEN_PINGS_SECONDS = 0.1

# How long to wait for a program to end after it stopped responding.
_END_SECONDS = 2


class Server:
    """Handles the requests of a transform job."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        """`job` contains the command, its working folder, the port that the program listens on, and timeouts. It can
        also contain the environment variables of the command; the default is the environment of this process.
        """
        self._port = int(job["port"])
        self._timeout = float(job["invocationSeconds"])
        try:
            self._process = subprocess.Popen(
                job["command"], cwd=job["cwd"], env=job.get("environment"), stdin=subprocess.DEVNULL
            )
        except OSError as error:
            raise InvocationError(NO_RESPONSE, f"Cannot start the process: {error}") from None
        self._wait(float(job["startSeconds"]))
        self.execution_parameters = self._ask_parameters()

    def __call__(self, body: bytes, content_type: Optional[str], accept: Optional[str]) -> Answer:
        given = {"Content-Type": content_type, "Accept": accept}
        headers = {name: value for name, value in given.items() if value}
        try:
            status, answer, kind = self._request("POST", "/invocations", self._timeout, body, headers)
        except (OSError, http.client.HTTPException) as error:
            raise InvocationError(NO_RESPONSE, self._how_it_ended(_END_SECONDS) or f"{type(error).__name__}: {error}") from None
        if status != _OK:
            raise InvocationError(status, answer.decode("utf-8", "replace") or f"HTTP status {status}")
        return Answer(answer, kind)

    def _wait(self, seconds: float) -> None:
        """Waits until the program responds to /ping with 200."""
        end = time.monotonic() + seconds
        last = "no answer"
        while time.monotonic() < end:
            ended = self._how_it_ended(0)
            if ended:
                raise InvocationError(NO_RESPONSE, ended)
            try:
                status, _, _ = self._request("GET", "/ping", _PING_SECONDS)
                if status == _OK:
                    return
                last = f"HTTP status {status}"
            except (OSError, http.client.HTTPException) as error:
                last = str(error)
            time.sleep(_BETWEEN_PINGS_SECONDS)
        raise InvocationError(NO_RESPONSE, f"GET /ping on port {self._port} for {seconds:g} seconds: {last}")

    def _ask_parameters(self) -> Dict[str, Any]:
        """Requests /execution-parameters, which a server does not have to support. Returns the settings in
        the response, with the names that a job uses."""
        try:
            status, answer, _ = self._request("GET", "/execution-parameters", _PING_SECONDS)
            given = json.loads(answer) if status == _OK else {}
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        settings: Dict[str, Any] = {}
        if isinstance(given, dict):
            if isinstance(given.get("MaxPayloadInMB"), int):
                settings["maxPayloadBytes"] = given["MaxPayloadInMB"] << 20
            if given.get("BatchStrategy") in ("SINGLE_RECORD", "MULTI_RECORD"):
                settings["isSingleRecord"] = given["BatchStrategy"] == "SINGLE_RECORD"
        return settings

    def _request(
        self, method: str, path: str, timeout: float, body: Optional[bytes] = None, headers: Mapping[str, str] = {}
    ) -> Tuple[int, bytes, str]:
        connection = http.client.HTTPConnection(_HOST, self._port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return response.status, response.read(), response.getheader("Content-Type", "")
        finally:
            connection.close()

    def _how_it_ended(self, seconds: float) -> str:
        """Describes how the program ended. Returns an empty string if it is still running."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return ""
        # If a signal ended the program, the exit code is 128 plus the signal's number, as in a container.
        return f"the container ended with exit code {128 - code if code < 0 else code}"
