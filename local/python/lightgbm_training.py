"""A training job of SageMaker's LightGBM algorithm, run by LightGBM itself.

The algorithm's script is not public. Data, hyperparameters and defaults follow the documentation. The log
is LightGBM's own output, in which the documented regular expressions find the metrics.
"""

import os
import pickle
import time
from typing import Any, Callable, Dict, List, Mapping

import lightgbm as lgb

from errors import AlgorithmError, ClientError
from tabular_data import DataStore, TabularData
from tabular_hyperparameters import read_specifications, validate
from tabular_training import Log, describe, info, save
from training_threads import lightgbm_threads

ALGORITHM = "LightGBM"
_SPECIFICATIONS = read_specifications("lightgbm")

# Hyperparameters of the script that are not parameters of LightGBM.
_NOT_PARAMETERS = ("num_boost_round", "early_stopping_rounds", "metric", "is_unbalance", "scale_pos_weight")

# LightGBM's messages for incompatible hyperparameters.
_USERS_FAULT = ("metrics don't match", "Check failed: config")


class _Stopped(Exception):
    pass


class _LineLog:
    """Receives LightGBM's log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def info(self, text: str) -> None:
        for line in text.splitlines():
            self._log(line)

    warning = info


def train(job: Mapping[str, Any], store: DataStore, log: Log, is_stopped: Callable[[], bool]) -> bool:
    """Runs a job and saves its model. Returns false if the job was stopped. Raises ClientError or
    AlgorithmError.
    """
    config = validate(_SPECIFICATIONS, job["hyperparameters"], ALGORITHM)
    data = store.load(job["channels"], job["task"])
    if is_stopped():
        return False
    describe(log, f"{ALGORITHM} {lgb.__version__}", job, data)
    lgb.register_logger(_LineLog(log))
    started = time.perf_counter()
    try:
        booster = _train(config, data, int(job["threads"]), is_stopped)
    except _Stopped:
        return False
    except lgb.basic.LightGBMError as error:
        text = str(error).strip()
        if any(known in text for known in _USERS_FAULT):
            raise ClientError(text) from None
        raise AlgorithmError(f"LightGBM train call failed with exception:\n {text}") from None
    folder = os.path.join(job["workFolder"], "model")
    save(folder, "model.txt", booster.save_model)
    save(folder, "model.pkl", lambda path: _pickle(booster, path))
    info(log, f"Training took {time.perf_counter() - started:.3f} seconds.")
    return True


def _train(
    config: Mapping[str, Any], data: TabularData, threads: int, is_stopped: Callable[[], bool]
) -> lgb.Booster:
    parameters = _parameters(config, data.classes)
    parameters["num_threads"] = config["num_threads"] or lightgbm_threads(data.train.features.size, threads)

    def stop(_: Any) -> None:
        if is_stopped():
            raise _Stopped

    callbacks: List[Callable[..., Any]] = [lgb.log_evaluation(1), stop]
    if config["early_stopping_rounds"] > 0:
        callbacks.append(lgb.early_stopping(config["early_stopping_rounds"]))
    # The cache contains arrays, not binned data, because the bins depend on the hyperparameters.
    matrix = lgb.Dataset(
        data.train.features, data.train.labels,
        feature_name=data.feature_names, categorical_feature=data.categorical, params=parameters,
    )
    return lgb.train(
        parameters, matrix, num_boost_round=config["num_boost_round"], callbacks=callbacks,
        # Evaluates only the validation data. If a log line contained several values, the documented regular expressions
        # would match the first value.
        valid_sets=[matrix.create_valid(data.validation.features, data.validation.labels)],
    )


def _parameters(config: Mapping[str, Any], classes: int) -> Dict[str, Any]:
    objective, metric = ("regression", "rmse") if not classes else ("binary", "binary_logloss")
    if classes > 2:
        objective, metric = "multiclass", "multi_logloss"
    parameters = {name: value for name, value in config.items() if name not in _NOT_PARAMETERS}
    parameters["objective"] = objective
    parameters["metric"] = metric if config["metric"] == "auto" else config["metric"]
    if config["boosting"] == "goss" and config["bagging_freq"] and config["bagging_fraction"] < 1:
        raise ClientError("Hyperparameter boosting: goss excludes bagging. Set bagging_freq to 0.")
    if classes > 2:
        parameters["num_class"] = classes
    if classes == 2:
        is_unbalance = config["is_unbalance"] == "True"
        if is_unbalance and config["scale_pos_weight"] != 1:
            raise ClientError("Hyperparameter scale_pos_weight cannot be used if is_unbalance is True.")
        parameters["is_unbalance"] = is_unbalance
        parameters["scale_pos_weight"] = config["scale_pos_weight"]
    return parameters


def _pickle(booster: lgb.Booster, path: str) -> None:
    """Saves a pickle for joblib.load, as in the documentation's example."""
    with open(path, "wb") as file:
        pickle.dump(booster, file)
