#!/usr/bin/env python3
"""The adapter for ../shared/conformance/xgboost: runs recorded training jobs and writes their outcomes.

Usage: `conformance-xgboost.py CASES.json RESULTS.json`.

Every job runs in a warm worker (local/python/xgboost_worker.py), as in local mode. This script runs with Python 3.9 or
newer. The workers run in the Python environment that local mode trains with. Local mode's own code finds or creates
this environment.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
from typing import Any, Dict, List

PROJECT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
WORKER = os.path.join(PROJECT, "local", "python", "xgboost_worker.py")
FIND_PYTHON = """
require('ts-node').register({ swc: true });
const { createPythonEnvironments, DEFAULT_XGBOOST_VERSION } = require('./local/src/training');
createPythonEnvironments({ folder: '.venv', onNotice: console.error })
  .forXGBoost(DEFAULT_XGBOOST_VERSION, process.argv.slice(1))
  .then(({ python }) => console.log(python));
"""
ROUND = re.compile(r"\[\d+\]")
# Longer series are reduced to their first three and last three rounds.
LONGEST_SERIES = 12


class Worker:
    """A process that trains jobs one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._jobs = 0
        self._receive()  # the message that the worker is ready

    def train(self, job: Dict[str, Any]) -> Dict[str, Any]:
        """Returns the outcome and the log of the job."""
        self._jobs += 1
        self._process.stdin.write((json.dumps({"op": "train", "job": self._jobs, **job}) + "\n").encode())
        self._process.stdin.flush()
        log: List[str] = []
        while True:
            message = self._receive()
            log += message.get("log", [])
            if "outcome" in message:
                return {**message["outcome"], "log": log}

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()

    def _receive(self) -> Dict[str, Any]:
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"the worker has ended with status {self._process.wait()}")
        return json.loads(line)


def run_all(data: Dict[str, Any]) -> Dict[str, Any]:
    worker = Worker()
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        for key, text in data["files"].items():
            os.mkdir(os.path.join(folder, key))
            with open(os.path.join(folder, key, "data"), "w", encoding="utf-8", newline="") as file:
                file.write(text)
        results = {case["id"]: run(case, worker, folder) for case in data["cases"]}
    worker.close()
    return results


def run(case: Dict[str, Any], worker: Worker, folder: str) -> Dict[str, Any]:
    work_folder = os.path.join(folder, "work", case["id"])
    result = worker.train({
        "hyperparameters": case["hyperparameters"],
        "workFolder": work_folder,
        "threads": 1,
        "channels": [
            {"name": name, "contentType": case["contentType"], "files": [os.path.join(folder, case[name], "data")]}
            for name in ("train", "validation") if case[name] is not None
        ],
    })
    if result["status"] == "Failed":
        kind, _, message = result["failureReason"].partition(": ")
        return {"outcome": "Failed", "kind": kind, "message": message}
    rounds = [line for line in result["log"] if ROUND.match(line)]
    return {
        "outcome": result["status"],
        "rounds": len(rounds),
        "series": series_of(rounds),
        **describe_model(os.path.join(work_folder, "model", "xgboost-model")),
    }


def series_of(rounds: List[str]) -> Dict[str, List[str]]:
    series: Dict[str, List[str]] = {}
    for line in rounds:
        for field in re.split(r"#011|\t", line)[1:]:
            name, value = field.rsplit(":", 1)
            series.setdefault(name, []).append(value)
    return {
        name: values if len(values) <= LONGEST_SERIES else values[:3] + values[-3:]
        for name, values in series.items()
    }


def describe_model(path: str) -> Dict[str, Any]:
    import numpy as np
    import xgboost as xgb

    with xgb.config_context(verbosity=0):
        booster = xgb.Booster(model_file=path)
    rows = np.linspace(-2, 2, 4 * booster.num_features()).reshape(4, -1)
    trainer = json.loads(booster.save_config())["learner"]["gradient_booster"]["name"]
    return {
        "trees": None if trainer == "gblinear" else booster.num_boosted_rounds(),
        "predictions": booster.predict(xgb.DMatrix(rows)).reshape(-1).tolist(),
    }


def main(cases_file: str, results_file: str) -> None:
    with open(cases_file, encoding="utf-8") as file:
        data = json.load(file)
    needs_parquet = any("parquet" in (case["contentType"] or "") for case in data["cases"])
    needed = ["xgboost", "pyarrow"] if needs_parquet else ["xgboost"]
    if not all(map(importlib.util.find_spec, needed)):
        extras = ["parquet"] if needs_parquet else []
        find = subprocess.run(
            ["node", "-e", FIND_PYTHON, *extras], cwd=PROJECT, check=True, stdout=subprocess.PIPE, text=True
        )
        python = find.stdout.strip()
        os.execv(python, [python, *sys.argv])
    results = run_all(data)
    with open(results_file, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
