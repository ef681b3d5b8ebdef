"""Searches of Optuna's samplers on several data sets and seeds, a process a core.

Takes JSON: problems (name, train, validation, hyperparameters, metric, ranges), samplers (tpe, random), seeds, trials,
jobs. Prints the best value of each.
"""

import json
from multiprocessing import Pool
from typing import Any, Dict, Tuple

import optuna
import xgboost as xgb

from problem import arguments, read_csv, suggest

SAMPLERS = {"tpe": optuna.samplers.TPESampler, "random": optuna.samplers.RandomSampler}


def search(work: Tuple[Dict[str, Any], str, int, int]) -> Dict[str, Any]:
    problem, sampler, seed, trials = work
    train, validation = read_csv(problem["train"]), read_csv(problem["validation"])
    metric = problem["metric"]

    def objective(trial: optuna.Trial) -> float:
        params = {**problem["hyperparameters"], "eval_metric": metric, **suggest(trial, problem["ranges"])}
        rounds = int(params.pop("num_round"))
        results: dict = {}
        evals = [(validation, "validation")]
        xgb.train(params, train, rounds, evals=evals, evals_result=results, verbose_eval=False)
        return results["validation"][metric][-1]

    study = optuna.create_study(sampler=SAMPLERS[sampler](seed=seed))
    study.optimize(objective, n_trials=trials)
    return {"problem": problem["name"], "sampler": sampler, "seed": seed, "best": study.best_value}


if __name__ == "__main__":
    task = arguments()
    work = [
        (problem, sampler, seed, task["trials"])
        for problem in task["problems"]
        for sampler in task["samplers"]
        for seed in task["seeds"]
    ]
    with Pool(task["jobs"]) as pool:
        print(json.dumps(pool.map(search, work, chunksize=1)))
