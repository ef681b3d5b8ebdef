"""A typical user script: for each data set, tunes a model with Optuna and xgboost, and then trains the final model.

Takes JSON with `data` (the folder of `<id>/train/data.csv` and `<id>/validation/data.csv`), `trials`, `processes`,
`threads` (of XGBoost) and `rounds`. Like SageMaker's algorithm, evaluates the training and the validation data after
each round. Prints JSON.
"""

import json
import math
import statistics
from multiprocessing import Pool
from pathlib import Path

import optuna
import xgboost as xgb
from problem import arguments, read_csv

optuna.logging.set_verbosity(optuna.logging.WARNING)


def tune(task: tuple) -> float:
    folder, options = task
    try:
        train, validation = (read_csv(f"{folder}/{name}/data.csv") for name in ("train", "validation"))
        evals = [(train, "train"), (validation, "validation")]
        fixed = {"objective": "reg:squarederror", "eval_metric": "rmse", "nthread": options["threads"]}

        def fit(params: dict) -> float:
            results: dict = {}
            xgb.train(
                {**fixed, **params}, train, options["rounds"], evals=evals, evals_result=results, verbose_eval=False
            )
            return results["validation"]["rmse"][-1]

        def objective(trial: optuna.Trial) -> float:
            return fit({
                "max_depth": trial.suggest_int("max_depth", 2, 8),
                "eta": trial.suggest_float("eta", 0.02, 0.5, log=True),
            })

        study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))
        study.optimize(objective, n_trials=options["trials"])
        fit(study.best_params)
        return study.best_value
    except xgb.core.XGBoostError:
        return math.nan


def main() -> None:
    options = arguments()
    tasks = [(str(folder), options) for folder in sorted(Path(options["data"]).iterdir())]
    if options["processes"] == 1:
        values = [tune(task) for task in tasks]
    else:
        with Pool(options["processes"]) as pool:
            values = pool.map(tune, tasks, chunksize=1)
    best = [value for value in values if not math.isnan(value)]
    print(json.dumps({"median": statistics.median(best), "failed": len(values) - len(best)}))


if __name__ == "__main__":
    main()
