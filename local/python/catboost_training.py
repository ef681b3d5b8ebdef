"""A training job of SageMaker's CatBoost algorithm, run by CatBoost itself.

The algorithm's script is not public. Data, hyperparameters and defaults follow the documentation. The log
is CatBoost's own output, in which the documented regular expression finds the metric.
"""

import os
import re
import time
from typing import Any, Callable, Dict, Mapping, Tuple

import catboost
import numpy as np
import pandas as pd

from errors import AlgorithmError, ClientError
from tabular_data import DataStore, Table, TabularData
from tabular_hyperparameters import read_specifications, validate
from tabular_training import Log, describe, info, save

ALGORITHM = "CatBoost"
_SPECIFICATIONS = read_specifications("catboost")

_SOURCE_LINE = re.compile(r"^\S+\.(?:cpp|h):\d+: ")
_USERS_FAULT = ("ELossFunction", "metric", "Target contains only one unique value")

# Parameters that CatBoost accepts only with the listed values of grow_policy. JumpStart passes the default of every
# hyperparameter, even if it does not fit the grow_policy. So these parameters are dropped instead of refused. In the
# same way, the default sampling_frequency is dropped with Lossguide, which does not accept it.
_POLICIES = {"max_leaves": ("Lossguide",), "min_data_in_leaf": ("Lossguide", "Depthwise")}


class _LineLog:
    """A stream for CatBoost's output, which arrives in lines or parts of lines."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._rest = ""

    def write(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            if line:
                self._log(line)

    def flush(self) -> None:
        pass


def train(job: Mapping[str, Any], store: DataStore, log: Log, is_stopped: Callable[[], bool]) -> bool:
    """Runs a job and saves its model. Returns false if the job was stopped. Raises ClientError or
    AlgorithmError.
    """
    config = validate(_SPECIFICATIONS, job["hyperparameters"], ALGORITHM)
    data = store.load(job["channels"], job["task"])
    describe(log, f"{ALGORITHM} {catboost.__version__}", job, data)
    if is_stopped():
        return False
    train_pool, validation_pool = _pools(data)
    started = time.perf_counter()
    lines = _LineLog(log)
    model_type = catboost.CatBoostClassifier if data.classes else catboost.CatBoostRegressor
    try:
        model = model_type(**_parameters(config, data.classes, int(job["threads"])))
        # Passes no callback that could stop the training. For each call to a callback, CatBoost copies the whole
        # history. This doubles the time of 3000 rounds.
        model.fit(
            train_pool, eval_set=validation_pool, verbose=config["verbose"], log_cout=lines, log_cerr=lines
        )
    except catboost.CatBoostError as error:
        text = _SOURCE_LINE.sub("", str(error)).strip()
        if any(known in text for known in _USERS_FAULT):
            raise ClientError(text) from None
        raise AlgorithmError(f"CatBoost train call failed with exception:\n {text}") from None
    save(os.path.join(job["workFolder"], "model"), "model", model.save_model)
    info(log, f"Training took {time.perf_counter() - started:.3f} seconds.")
    return True


def _pools(data: TabularData) -> Tuple[catboost.Pool, catboost.Pool]:
    if "pools" not in data.prepared:
        data.prepared["pools"] = tuple(_pool(data, table) for table in (data.train, data.validation))
    return data.prepared["pools"]


def _pool(data: TabularData, table: Table) -> catboost.Pool:
    names = data.feature_names
    categorical = [names[position] for position in data.categorical]
    frame = pd.DataFrame(table.features, columns=names).astype({name: np.int64 for name in categorical})
    labels = table.labels.astype(np.int64) if data.classes else table.labels
    return catboost.Pool(frame, labels, cat_features=categorical)


def _parameters(config: Mapping[str, Any], classes: int, threads: int) -> Dict[str, Any]:
    loss, metric = ("RMSE", "RMSE") if not classes else ("Logloss", "AUC")
    if classes > 2:
        loss, metric = "MultiClass", "MultiClass"
    parameters = {name: value for name, value in config.items() if value not in ("Auto", "auto")}
    del parameters["verbose"]
    if config["early_stopping_rounds"] <= 0:
        del parameters["early_stopping_rounds"]
    policy = config.get("grow_policy", "SymmetricTree")
    for name, policies in _POLICIES.items():
        if policy not in policies:
            del parameters[name]
    if policy == "Lossguide" and config["sampling_frequency"] == "PerTreeLevel":
        del parameters["sampling_frequency"]
    if classes != 2:
        parameters.pop("scale_pos_weight", None)
    if classes > 2:
        parameters["classes_count"] = classes
    if config.get("thread_count", -1) == -1:
        parameters["thread_count"] = threads
    parameters.setdefault("eval_metric", metric)
    return {**parameters, "loss_function": loss, "allow_writing_files": False}
