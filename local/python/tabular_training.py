"""Functions shared by LightGBM and CatBoost training."""

import os
from datetime import datetime, timezone
from typing import Any, Callable, Mapping

from tabular_data import TabularData

Log = Callable[[str], None]


def info(log: Log, text: str) -> None:
    """Writes a log line in the format of SageMaker's containers."""
    log(f"[{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}:INFO] {text}")


def describe(log: Log, library: str, job: Mapping[str, Any], data: TabularData) -> None:
    """Logs a description of the data."""
    rows, columns = data.train.features.shape
    kind = f"{data.classes} classes" if data.classes else "regression"
    info(log, f"{library}, {kind}. Training data has {rows} rows and {columns} features.")
    source = " (a random 20% of the training data)" if data.is_split else ""
    info(log, f"Validation data has {len(data.validation.labels)} rows{source}.")
    if int(job.get("hosts", 1)) > 1:
        info(log, f"Local mode trains in one process, on the data of all {job['hosts']} instances.")


def save(folder: str, name: str, write: Callable[[str], Any]) -> None:
    """Writes a file atomically."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    temporary = path + "-partial"
    write(temporary)
    with open(temporary, "rb+") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)
