"""Runs a training job of the built-in XGBoost algorithm as SageMaker's container does."""

import os
import time
import warnings
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

import xgboost as xgb

from errors import AlgorithmError, ClientError
from training_threads import XGBoostThreads, available_threads, overlapping_threads
from xgboost_data import DataStore, shorten
from xgboost_hyperparameters import MAXIMIZE_METRICS, validate
from xgboost_metrics import Shares, metric_arguments

MODEL_NAME = "xgboost-model"

# Hyperparameters of the container that are not XGBoost's.
_CONTAINER_ONLY = (
    "num_round", "csv_weights", "early_stopping_rounds", "save_model_on_termination",
    "_tuning_objective_metric", "use_dask_gpu_training", "dsplit",
)

# Messages of XGBoost or a metric that the container reports as a ClientError. All other messages are an
# AlgorithmError. The list covers several XGBoost releases. XGBoost 3.x changed some messages, so labels that do
# not fit an objective are an AlgorithmError there. Source:
# aws/sagemaker-xgboost-container, constants/xgb_constants.py (CUSTOMER_ERRORS).
_USERS_FAULT = (
    "label must be in [0,1] for logistic regression",
    "label must be in [0, num_class)",
    "Target is multiclass but average='binary'",
    "feature_names mismatch",
    "Check failed: preds.size() == info.labels_.size()",
    "Check failed: !auc_error AUC: the dataset only contains pos or neg samples",
    "Check failed: base_score > 0.0f && base_score < 1.0f base_score must be in (0,1) for logistic loss",
    "Check failed: label_correct PoissonRegression: label must be nonnegative",
    "Check failed: label_correct TweedieRegression: label must be nonnegative",
    "Parameter reg_lambda should be greater equal to 0",
)

# Ignores warnings about things that the container does on purpose.
for _pattern in (r"(?s).*Saving model in the UBJSON format", r"(?s).*Unknown file format", r"(?s).*Text file input"):
    warnings.filterwarnings("ignore", message=_pattern)


class _Threads(xgb.callback.TrainingCallback):
    """Times the first rounds, and then sets the number of threads for the other rounds."""

    def __init__(self, threads: XGBoostThreads) -> None:
        super().__init__()
        self._threads = threads
        self._began = 0.0

    def before_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        self._began = time.perf_counter()
        return False

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        threads = self._threads.after_round(time.perf_counter() - self._began)
        if threads is not None:
            model.set_param("nthread", threads)
        return False


class _Progress(xgb.callback.TrainingCallback):
    """Writes one log line per round, and ends the training when the job is stopped."""

    def __init__(self, log: Callable[[str], None], is_stopped: Callable[[], bool], shares: Shares) -> None:
        super().__init__()
        self._log = log
        self._shares = shares
        self._is_stopped = is_stopped
        self.stopped = False

    def after_iteration(self, model: Any, epoch: int, evals_log: Mapping[str, Any]) -> bool:
        fields = [f"[{epoch}]"]
        for data, metrics in evals_log.items():
            for name, values in metrics.items():
                self._shares.check(name, values[-1])
                fields.append(f"{data}-{name}:{values[-1]:.5f}")
        self._log("\t".join(fields))
        self.stopped = self._is_stopped()
        return self.stopped


def take_warnings() -> None:
    """Converts warnings of XGBoost's native library to Python warnings in this thread. The setting is per
    thread.
    """
    xgb.core._register_log_callback(xgb.core._LIB)


def load_shared(job: Mapping[str, Any], store: DataStore) -> None:
    """Loads a job's data and performs the computations that XGBoost does before the first tree. Jobs in forked
    processes share the results.
    """
    config = validate(job["hyperparameters"])
    threads = available_threads()  # uses all threads, because all jobs wait for the data
    data = store.load(job["channels"], config.get("csv_weights") == 1, threads)
    method = config.get("tree_method", "auto")
    if method != "approx" and config.get("booster") != "gblinear":  # other methods cache nothing
        settings = {"tree_method": method, "max_bin": config.get("max_bin", 256), "max_depth": 1, "nthread": threads}
        store.once(data.train, (method, settings["max_bin"]), lambda: xgb.train(settings, data.train, 1))
    data.warnings()  # an unfinished check would not continue in a forked process


def train(
    job: Mapping[str, Any], store: DataStore, log: Callable[[str], None], is_stopped: Callable[[], bool]
) -> bool:
    """Runs a job and saves its model. Returns false if the job was stopped. Raises ClientError or
    AlgorithmError.
    """
    config = validate(job["hyperparameters"])
    limit = int(job["threads"])
    if job.get("forks"):
        limit = overlapping_threads(limit)
    data = store.load(job["channels"], config.get("csv_weights") == 1, limit)
    if is_stopped():
        return False
    train_data, validation_data = data.train, data.validation
    for warning in data.warnings():
        _log_line(log, "WARNING", warning)
    _info(log, "Single node training.")
    _info(log, f"Train matrix has {train_data.num_row()} rows and {train_data.num_col()} columns")
    watchlist = [(train_data, "train")]
    if validation_data is not None:
        _info(log, f"Validation matrix has {validation_data.num_row()} rows")
        watchlist.append((validation_data, "validation"))

    shares = Shares(
        _metrics(config), config.get("objective", "reg:squarederror"), [matrix for matrix, _ in watchlist]
    )
    progress = _Progress(log, is_stopped, shares)
    callbacks: List[xgb.callback.TrainingCallback] = [progress]
    if "nthread" not in config:
        threads = XGBoostThreads(train_data.num_row() * train_data.num_col(), limit, config)
        config["nthread"] = threads.first
        callbacks.append(_Threads(threads))
    early_stopping = _early_stopping(config, validation_data is not None, log)
    if early_stopping is not None:
        callbacks.append(early_stopping)
    started = time.perf_counter()
    try:
        booster = xgb.train(
            _parameters(config, shares.xgboost),
            train_data,
            num_boost_round=config["num_round"],
            evals=watchlist,
            **metric_arguments(shares.container),
            callbacks=callbacks,
            verbose_eval=False,
        )
    except Exception as error:
        text = shorten(error)
        if any(known in text for known in _USERS_FAULT):
            raise ClientError(text) from None
        raise AlgorithmError(f"XGB train call failed with exception:\n {text}") from None
    if progress.stopped and config.get("save_model_on_termination") != "true":
        return False
    _save(booster, os.path.join(job["workFolder"], "model"))
    _info(log, f"Training took {time.perf_counter() - started:.3f} seconds.")
    return not progress.stopped


def _metrics(config: Mapping[str, Any]) -> List[str]:
    """The metrics to print: the requested metrics, and the tuning job's objective metric."""
    metrics: List[str] = list(config.get("eval_metric", []))
    objective = config.get("_tuning_objective_metric")
    if objective is None:
        return metrics
    name = objective.split(":", 1)[1]
    return sorted({name, *metrics}) if metrics else [name]


def _parameters(config: Mapping[str, Any], eval_metric: Sequence[str]) -> Dict[str, Any]:
    parameters = {name: value for name, value in config.items() if name not in _CONTAINER_ONLY}
    parameters.pop("eval_metric", None)
    if eval_metric:
        parameters["eval_metric"] = list(eval_metric)
    if "updater" in parameters:
        parameters["updater"] = ",".join(parameters["updater"])
    return parameters


def _early_stopping(
    config: Mapping[str, Any], has_validation: bool, log: Callable[[str], None]
) -> Optional[xgb.callback.EarlyStopping]:
    """Watches the tuning job's objective metric, or else the last eval_metric. Keeps the best model."""
    rounds = config.get("early_stopping_rounds")
    if not rounds:
        return None
    objective = config.get("_tuning_objective_metric")
    if objective:
        metric = objective.split(":", 1)[1]
    else:
        metric = (config.get("eval_metric") or [None])[-1]
    if metric is None or not has_validation:
        needs = "a validation channel" if not has_validation else "eval_metric"
        _info(log, f"early_stopping_rounds has no effect: it needs {needs}")
        return None
    return xgb.callback.EarlyStopping(
        rounds=rounds, metric_name=metric, data_name="validation",
        # As in the container, metrics that are not in this list, such as ndcg@5 and map@5, are minimized.
        maximize=metric in MAXIMIZE_METRICS, save_best=True,
    )


def _save(booster: xgb.Booster, folder: str) -> None:
    """Writes the model in the format that this version of XGBoost uses for a file without an extension."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, MODEL_NAME)
    temporary = path + "-partial"
    booster.save_model(temporary)
    os.replace(temporary, path)


def _info(log: Callable[[str], None], text: str) -> None:
    _log_line(log, "INFO", text)


def _log_line(log: Callable[[str], None], level: str, text: str) -> None:
    log(f"[{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}:{level}] {text}")
