"""Trains each model three times: with one thread, with two threads, and with a second thread that is added later.

Arguments: the folder with local mode's Python code, and a CSV file. For each job, prints the number of threads and a
hash of the model.
"""

import hashlib
import json
import os
import sys
import tempfile

sys.path.insert(0, sys.argv[1])

import xgboost as xgb  # noqa: E402

import training_threads  # noqa: E402
from xgboost_data import DataStore  # noqa: E402
from xgboost_training import train  # noqa: E402

METHODS = ("hist", "exact", "approx")
CHANGES = ({"subsample": "0.7", "colsample_bytree": "0.6"}, {"booster": "dart", "rate_drop": "0.3"}, {"max_depth": "9"})
# The minimum number of cells for which a job uses all threads, and the minimum seconds for which a tree counts as slow.
HOW = {"one": (1 << 40, 1e9), "two": (0, 1e9), "later": (1 << 40, -1.0)}


def main() -> None:
    store = DataStore()
    used = []
    set_param = xgb.Booster.set_param

    def spy(booster, params, *rest):
        given = {params: rest[0]} if isinstance(params, str) else dict(params)
        used.extend(value for name, value in given.items() if name == "nthread")
        return set_param(booster, params, *rest)

    xgb.Booster.set_param = spy
    channels = [
        {"name": name, "contentType": "text/csv", "files": [sys.argv[2]]} for name in ("train", "validation")
    ]
    results = []
    for method in METHODS:
        for change in CHANGES:
            hyperparameters = {"num_round": "8", "tree_method": method, **change}
            row = {"job": hyperparameters}
            for how, (cells, seconds) in HOW.items():
                training_threads._MANY_CELLS, training_threads._SLOW_TREE_SECONDS = cells, seconds
                used.clear()
                with tempfile.TemporaryDirectory() as folder:
                    job = {
                        "hyperparameters": hyperparameters, "channels": channels, "workFolder": folder, "threads": 2,
                    }
                    assert train(job, store, lambda line: None, lambda: False)
                    with open(os.path.join(folder, "model", "xgboost-model"), "rb") as file:
                        row[how] = hashlib.sha256(file.read()).hexdigest()
                row[how + "Threads"] = list(used)
            results.append(row)
    print(json.dumps(results))


main()
