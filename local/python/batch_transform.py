"""A batch transform: sends the content of files to a model server in requests, and writes the responses to files.

On SageMaker, an agent next to the container does this. A batch transform splits files into records, batches records
into requests of limited size, and filters and joins the results. A file that fails has no output.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform.html and the API reference of CreateTransformJob
"""

import gzip
import os
from datetime import datetime, timezone
from typing import Any, BinaryIO, Callable, Iterator, List, Mapping, NamedTuple, Optional, Sequence

from data_processing import DataError, Format, format_of, join, select
from errors import NO_RESPONSE, InvocationError, JobFailure

Log = Callable[[str], None]

_BAD_REQUEST, _SERVER_ERROR = 400, 500


class Answer(NamedTuple):
    """A model server's response to a request."""

    body: bytes
    content_type: str


# Sends a request (body, content type, accepted type) to the model server.
Invoke = Callable[[bytes, Optional[str], Optional[str]], Answer]


class _Batch(NamedTuple):
    """A request and its records. The records are parsed only if they are filtered or joined."""

    body: bytes
    records: Sequence[Any]


# SageMaker's failure reason when a container does not become healthy, for example because it cannot load its model.
_NOT_HEALTHY = (
    "AlgorithmError: Model container failed to respond to ping. Please ensure /ping endpoint is implemented and responds "
    "with an HTTP 200 status code"
)


def transform(
    job: Mapping[str, Any], start_server: Callable[[], Invoke], log: Log, is_stopped: Callable[[], bool]
) -> bool:
    """Transforms the files of a job. Returns false if the job was stopped. Raises JobFailure."""
    try:
        invoke = start_server()
    except InvocationError as error:
        for line in str(error).splitlines():
            log(line)
        raise JobFailure(_with_cause(_NOT_HEALTHY, str(error))) from None
    job = {**job, **_wanted_by_model(job, invoke)}
    _log(log, "", f"MaxConcurrentTransforms=1, MaxPayloadInMB={job['maxPayloadBytes'] // 2**20}, "
                  f"BatchStrategy={'SINGLE_RECORD' if job['isSingleRecord'] else 'MULTI_RECORD'}")
    failures: List[str] = []
    for number, file in enumerate(job["files"]):
        if is_stopped():
            return False
        target = os.path.join(job["outputFolder"], str(number))
        try:
            if not _transform_file(job, file["path"], target, invoke, is_stopped):
                return False
        except InvocationError as error:
            failures.append(_failed(log, file["name"], error))
        except DataError as error:
            failures.append(_failed(log, file["name"], InvocationError(_BAD_REQUEST, str(error))))
    if failures:
        raise JobFailure(failures[0])
    return True


def _wanted_by_model(job: Mapping[str, Any], invoke: Invoke) -> Mapping[str, Any]:
    """The settings that the job leaves to the model server, with the values that the server chose. Only a server that
    chooses settings has the attribute `execution_parameters`.
    """
    chosen = getattr(invoke, "execution_parameters", {})
    return {name: chosen[name] for name in job.get("leftToModel", ()) if name in chosen}


def _failed(log: Log, name: str, error: InvocationError) -> str:
    """Logs why a file could not be transformed. Returns the failure reason for the job."""
    if error.status == NO_RESPONSE:
        title = "Unable to get response from algorithm"
    elif error.status < _SERVER_ERROR:
        title = f"ClientError: {error.status}"
    else:
        title = f"Bad HTTP status received from algorithm: {error.status}"
    for line in [title, "", "Message:", *str(error).splitlines()]:
        _log(log, f" {name}:", line)
    kind = "ClientError" if 0 < error.status < _SERVER_ERROR else "AlgorithmError"
    return _with_cause(f"{kind}: See job logs for more information", str(error))


def _with_cause(reason: str, message: str) -> str:
    # Adds the error message in parentheses. SageMaker's failure reason does not contain it.
    return f"{reason} ({message.strip()})"


def _log(log: Log, name: str, text: str) -> None:
    now = datetime.now(timezone.utc)
    log(f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03}:[sagemaker logs]:{name} {text}")


def _transform_file(
    job: Mapping[str, Any], path: str, target: str, invoke: Invoke, is_stopped: Callable[[], bool]
) -> bool:
    """Writes the output of a file. Returns false if the job was stopped."""
    partial = target + "-partial"
    with _open(path, job["isGzip"]) as source, open(partial, "wb") as output:
        for batch in _batches(source, job):
            if is_stopped():
                return False
            answer = invoke(batch.body, job.get("contentType"), job.get("accept"))
            output.write(_output(answer, batch, job))
    os.replace(partial, target)
    return True


def _open(path: str, is_gzip: bool) -> BinaryIO:
    return gzip.open(path, "rb") if is_gzip else open(path, "rb")  # type: ignore[return-value]


def _batches(source: BinaryIO, job: Mapping[str, Any]) -> Iterator[_Batch]:
    """Batches the records of a file into requests."""
    limit = job["maxPayloadBytes"] or float("inf")
    reads_records = bool(job["inputFilter"]) or job["joinsInput"]
    kind = _input_format(job) if reads_records else None
    lines: List[bytes] = []
    records: List[Any] = []
    size = 0
    for text in _records(source, job):
        record = kind.read(text.decode("utf-8")) if kind else None
        body = _filtered(record, kind, job).encode("utf-8") if kind and job["inputFilter"] else text
        if len(body) > limit:
            raise DataError(f"Too much data for max payload size ({job['maxPayloadBytes'] // 2**20} MB)")
        if lines and (job["isSingleRecord"] or size + len(body) + 1 > limit):
            yield _Batch(b"\n".join(lines), records)
            lines, records, size = [], [], 0
        lines.append(body)
        records.append(record)
        size += len(body) + 1
    if lines:
        yield _Batch(b"\n".join(lines), records)


def _records(source: BinaryIO, job: Mapping[str, Any]) -> Iterator[bytes]:
    """The records of a file: its lines without line endings, or the whole file. Blank lines are skipped."""
    if not job["splitsLines"]:
        content = source.read()
        if content and (job["inputFilter"] or job["joinsInput"]) and not _is_json(job):
            yield from (line for line in content.splitlines() if line.strip())
        elif content:
            yield content
        return
    for line in source:
        record = line.rstrip(b"\r\n")
        if record.strip():
            yield record


def _is_json(job: Mapping[str, Any]) -> bool:
    """Whether the input is JSON. A JSON file that is not split contains a single value."""
    return (job.get("contentType") or "").split(";")[0].strip().lower() in ("application/json", "json")


def _input_format(job: Mapping[str, Any]) -> Format:
    kind = format_of(job.get("contentType"))
    if kind is None:
        raise DataError(
            "InputFilter and JoinSource need input in CSV or JSON: the ContentType is "
            f"{job.get('contentType') or 'missing'}"
        )
    return kind


def _filtered(record: Any, kind: Format, job: Mapping[str, Any]) -> str:
    try:
        return kind.write(select(record, job["inputFilter"]))
    except DataError as error:
        raise DataError(f"InputFilter: {error}") from None


def _output(answer: Answer, batch: _Batch, job: Mapping[str, Any]) -> bytes:
    """The output for a response, after joining and filtering."""
    if not (job["joinsInput"] or job["outputFilter"]):
        ends = job["endsLines"] and answer.body and not answer.body.endswith(b"\n")
        return answer.body + b"\n" if ends else answer.body
    kind = format_of(job.get("accept") or answer.content_type)
    if kind is None:
        raise DataError(f"OutputFilter and JoinSource need output in CSV or JSON, got {answer.content_type}")
    outputs = _outputs(answer, kind, len(batch.records))
    if job["joinsInput"]:
        if kind.name != _input_format(job).name:
            raise DataError(f"JoinSource needs input and output in the same format: the output is {kind.name}")
        if len(outputs) != len(batch.records):
            raise DataError(
                f"Failed to join: the model returned {len(outputs)} records for a request of {len(batch.records)}"
            )
        outputs = [join(record, output, kind) for record, output in zip(batch.records, outputs)]
    try:
        lines = [kind.write(select(each, job["outputFilter"])) for each in outputs]
    except DataError as error:
        raise DataError(f"OutputFilter: {error}") from None
    return "".join(line + "\n" for line in lines).encode("utf-8")


def _outputs(answer: Answer, kind: Format, records: int) -> List[Any]:
    """The records of a response. A JSON response is a single record, unless it has a line for each record of the
    request."""
    text = answer.body.decode("utf-8")
    lines = [line for line in text.split("\n") if line.strip()]
    if kind.name == "JSON" and len(lines) != records:
        return [kind.read(text)]
    return [kind.read(line.rstrip("\r")) for line in lines]
