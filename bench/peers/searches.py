"""Runs local mode's Bayesian strategy and Optuna's samplers on several problems and seeds, with one process
per core.

Takes JSON with `problems` (each with `name`, `train`, `validation`, `hyperparameters`, `metric`, `ranges` and
`parallel`), `samplers`, `seeds`, `trials`, `jobs` and `searchModules` (the folder of local mode's Python modules).
Prints the values of each search's trials, in the order in which the trials ended, and the versions of the samplers'
packages.
"""

import heapq
import json
import os
import random
import sys
import tempfile
import warnings
from importlib.metadata import version
from multiprocessing import Pool
from typing import Any, Callable, Dict, List, Tuple

# Must be set before NumPy is imported. Each core has its own process, so one thread per process is enough.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import optuna  # noqa: E402
import xgboost as xgb  # noqa: E402

from problem import arguments, read_csv, suggest  # noqa: E402

LOCAL = "local mode"
PACKAGES = {LOCAL: [], "TPESampler": ["optuna"], "RandomSampler": ["optuna"], "GPSampler": ["optuna", "torch"]}

Hyperparameters = Dict[str, Any]
# Returns the next trial of a search: a handle, which can have any type, and the trial's hyperparameters.
Ask = Callable[[], Tuple[Any, Hyperparameters]]
Tell = Callable[[Any, float], None]


def is_maximized(problem: Dict[str, Any]) -> bool:
    return problem["metric"] == "auc"


def optuna_search(problem: Dict[str, Any], sampler: str, seed: int) -> Tuple[Ask, Tell]:
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    study = optuna.create_study(
        direction="maximize" if is_maximized(problem) else "minimize",
        sampler=getattr(optuna.samplers, sampler)(seed=seed),
    )

    def ask() -> Tuple[Any, Hyperparameters]:
        trial = study.ask()
        return trial, suggest(trial, problem["ranges"])

    return ask, study.tell


def local_search(problem: Dict[str, Any], folder: str, seed: int) -> Tuple[Ask, Tell]:
    from search import Search

    local = Search({
        "strategy": "Bayesian",
        "direction": "Maximize" if is_maximized(problem) else "Minimize",
        "randomSeed": seed,
        "dimensions": [dimension(kind, each) for kind in KINDS for each in problem["ranges"].get(KINDS[kind], [])],
        "studyFile": os.path.join(folder, "study.log"),
        "previousTrials": [],
    })

    def ask() -> Tuple[Any, Hyperparameters]:
        asked = local.ask()
        assert asked is not None, "the benchmark has no finite search space"
        return asked["trial"], asked["hyperparameters"]

    return ask, local.tell


KINDS = {
    "categorical": "CategoricalParameterRanges",
    "integer": "IntegerParameterRanges",
    "continuous": "ContinuousParameterRanges",
}


def dimension(kind: str, given: Dict[str, Any]) -> Dict[str, Any]:
    """Converts one of SageMaker's ranges to a dimension of local mode's sampler."""
    if kind == "categorical":
        return {"kind": kind, "name": given["Name"], "values": given["Values"]}
    return {
        "kind": kind,
        "name": given["Name"],
        "minValue": given["MinValue"],
        "maxValue": given["MaxValue"],
        "scalingType": given["ScalingType"],
    }


def search(work: Tuple[Dict[str, Any], str, int, int]) -> Dict[str, Any]:
    problem, sampler, seed, trials = work
    with tempfile.TemporaryDirectory() as folder:
        ask, tell = (
            local_search(problem, folder, seed) if sampler == LOCAL else optuna_search(problem, sampler, seed)
        )
        values = run(problem, ask, tell, seed, trials)
    return {"problem": problem["name"], "sampler": sampler, "seed": seed, "values": values}


def run(problem: Dict[str, Any], ask: Ask, tell: Tell, seed: int, trials: int) -> List[float]:
    train, validation = read_csv(problem["train"]), read_csv(problem["validation"])
    metric = problem["metric"]
    fixed = {**problem["hyperparameters"], "eval_metric": metric, "nthread": 1, "verbosity": 0}

    def value_of(hyperparameters: Hyperparameters) -> float:
        params = {**fixed, **hyperparameters}
        model = xgb.train(params, train, int(params.pop("num_round")))
        return float(model.eval(validation).rsplit(":", 1)[1])

    values: List[float] = []
    # Simulates different durations, so that parallel trials do not finish in the order in which they started.
    times = random.Random(seed)
    now, running, asked = 0.0, [], 0
    while len(values) < trials:
        while len(running) < problem["parallel"] and asked < trials:
            trial, hyperparameters = ask()
            heapq.heappush(running, (now + times.uniform(0.5, 1.5), asked, trial, value_of(hyperparameters)))
            asked += 1
        now, _, trial, value = heapq.heappop(running)
        tell(trial, value)
        values.append(value)
    return values


if __name__ == "__main__":
    task = arguments()
    sys.path.append(task["searchModules"])
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    work = [
        (problem, sampler, seed, task["trials"])
        for problem in task["problems"]
        for sampler in task["samplers"]
        for seed in task["seeds"]
    ]
    with Pool(task["jobs"]) as pool:
        searches = pool.map(search, work, chunksize=1)
    packages = {name for sampler in task["samplers"] for name in PACKAGES[sampler]}
    print(json.dumps({"searches": searches, "versions": {name: version(name) for name in sorted(packages)}}))
