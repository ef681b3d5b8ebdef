"""A typical user script: Optuna and xgboost in one process, reading the data once.

Takes JSON with `train` and `validation` (CSV files), `ranges`, `hyperparameters` (static), `metric`, `trials`, `seed`,
`jobs` (Optuna's `n_jobs`), `threads` (of XGBoost), `evaluate` and `queue` (hyperparameters to try instead of sampling).
If `evaluate` is true, both data sets are evaluated after every round, as in SageMaker's algorithm. Otherwise, the
validation data is evaluated once, at the end. Prints JSON.
"""

import json
import time

started = time.perf_counter()

import numpy as np  # noqa: E402
import optuna  # noqa: E402
import xgboost as xgb  # noqa: E402

from problem import arguments, read_csv, suggest  # noqa: E402


def main() -> None:
    task = arguments()
    tuning_started = time.perf_counter()
    train, validation = read_csv(task["train"]), read_csv(task["validation"])
    fixed = {**task["hyperparameters"], "eval_metric": task["metric"], "nthread": task["threads"]}

    def objective(trial: optuna.Trial) -> float:
        params = {**fixed, **suggest(trial, task["ranges"])}
        rounds = int(params.pop("num_round"))
        if not task["evaluate"]:
            booster = xgb.train(params, train, rounds)
            return float(np.sqrt(np.mean((booster.predict(validation) - validation.get_label()) ** 2)))
        results: dict = {}
        evals = [(train, "train"), (validation, "validation")]
        xgb.train(params, train, rounds, evals=evals, evals_result=results, verbose_eval=False)
        return results["validation"][task["metric"]][-1]

    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=task["seed"]))
    for params in task["queue"]:
        study.enqueue_trial(params)
    study.optimize(objective, n_trials=task["trials"], n_jobs=task["jobs"])
    ended = time.perf_counter()
    print(json.dumps({"tuningSeconds": ended - tuning_started, "best": study.best_value}))


main()
