"""Calls `xgboost.train` repeatedly, with the data in memory.

Takes JSON with `train` and `validation` (CSV files), `hyperparameters`, `rounds` and `repeat` (number of calls).
Prints the seconds of each call.
"""

import json
import time

import xgboost as xgb

from problem import arguments, read_csv


def main() -> None:
    task = arguments()
    train, validation = read_csv(task["train"]), read_csv(task["validation"])
    evals = [(train, "train"), (validation, "validation")]
    seconds = []
    for _ in range(task["repeat"]):
        started = time.perf_counter()
        xgb.train(task["hyperparameters"], train, task["rounds"], evals=evals, verbose_eval=False)
        seconds.append(time.perf_counter() - started)
    print(json.dumps(seconds))


main()
