"""Runs a training job of the built-in XGBoost algorithm as SageMaker's container does."""

import os
import re
import time
import warnings
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import xgboost as xgb

from errors import AlgorithmError, ClientError
from training_threads import XGBoostThreads, available_threads, overlapping_threads
from xgboost_cross_validation import History, cross_validate
from xgboost_data import DataStore, TrainingData, shorten
from xgboost_hyperparameters import MAXIMIZE_METRICS, validate
from xgboost_metrics import Shares, metric_arguments

MODEL_NAME = "xgboost-model"
_CHECKPOINT_NAME = "xgboost-checkpoint"

# Hyperparameters of the container, not of XGBoost.
_CONTAINER_ONLY = (
    "num_round", "csv_weights", "early_stopping_rounds", "save_model_on_termination",
    "_tuning_objective_metric", "use_dask_gpu_training", "dsplit", "_kfold",
)

# Messages of errors in XGBoost or in a metric. The container reports errors with these messages as a ClientError, and
# all others as an AlgorithmError. The list covers several XGBoost releases. XGBoost 3.x changed some messages, so
# labels that do not fit an objective cause an AlgorithmError there. Source: aws/sagemaker-xgboost-container,
# constants/xgb_constants.py (CUSTOMER_ERRORS).
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


class _LightBooster(xgb.Booster):
    """A model that skips two steps of `xgboost.train`, which take a sixth of the time of a small training job."""

    def reset(self) -> xgb.Booster:
        """Does nothing. As its last step, `xgboost.train` calls this method to free the training's caches. That would
        waste time: the model is saved right afterwards, and then freed together with its caches.
        """
        return self

    def _assign_dmatrix_features(self, data: xgb.DMatrix) -> None:
        """Does nothing. In XGBoost, this method copies the features' names, three times in each round, but matrices
        from files have no names.
        """


class _Lighten(xgb.callback.TrainingCallback):
    """Turns a model into a `_LightBooster`."""

    def before_training(self, model: xgb.Booster) -> xgb.Booster:
        model.__class__ = _LightBooster
        return model


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
    data = _load(job, config, store, threads)
    method = config.get("tree_method", "auto")
    # Skips jobs that would not benefit. The tree method `approx` and the booster `gblinear` do not cache anything. A
    # cross-validation trains its models on matrices other than the cached one.
    if method != "approx" and config.get("booster") != "gblinear" and "_kfold" not in config:
        settings = {"tree_method": method, "max_bin": config.get("max_bin", 256), "max_depth": 1, "nthread": threads}
        store.once(data.train, (method, settings["max_bin"]), lambda: xgb.train(settings, data.train, 1))
    data.warnings()  # waits for the checks, which would not continue in a forked process


class _Training:
    """Trains the models of a job: one, or one for each fold of a cross-validation."""

    def __init__(
        self, config: Dict[str, Any], data: TrainingData, limit: int, log: Callable[[str], None],
        is_stopped: Callable[[], bool], checkpoint_folder: Optional[str],
    ) -> None:
        watched = [matrix for matrix in (data.train, data.validation) if matrix is not None]
        self._config = config
        self._limit = limit
        self._shares = Shares(_metrics(config), config.get("objective", "reg:squarederror"), watched)
        self._early_stopping = _early_stopping(config, data.validation is not None, log)
        self._log = log
        self.progress = _Progress(log, is_stopped, self._shares)
        self._checkpoint_folder = checkpoint_folder

    def model(
        self, train_data: xgb.DMatrix, watchlist: Sequence[Tuple[xgb.DMatrix, str]]
    ) -> Tuple[xgb.Booster, History]:
        """Trains a model. Also returns the metrics of all rounds."""
        config = dict(self._config)
        callbacks: List[xgb.callback.TrainingCallback] = [self.progress]
        # In a cross-validation, the models of all folds stay in memory, so XGBoost has to free their caches.
        if "_kfold" not in config:
            callbacks.append(_Lighten())
        if "nthread" not in config:
            threads = XGBoostThreads(train_data.num_row() * train_data.num_col(), self._limit, config)
            config["nthread"] = threads.first
            callbacks.append(_Threads(threads))
        checkpoint, finished_rounds = None, 0
        if self._checkpoint_folder is not None:
            folder = self._checkpoint_folder
            if "_kfold" in config:
                # As in the container, this folder does not exist, so the training fails.
                folder = os.path.join(folder, "model-0")
            checkpoint, finished_rounds = _latest_checkpoint(folder, self._log)
            # The last argument is the interval. With 0, XGBoost saves a checkpoint only after the first round.
            callbacks.append(xgb.callback.TrainingCheckPoint(folder, _CHECKPOINT_NAME, False, finished_rounds))
        if self._early_stopping is not None:
            callbacks.append(xgb.callback.EarlyStopping(**self._early_stopping))
        history: History = {}
        booster = xgb.train(
            _parameters(config, self._shares.xgboost),
            train_data,
            num_boost_round=config["num_round"] - finished_rounds,
            xgb_model=checkpoint,
            evals=list(watchlist),
            **metric_arguments(self._shares.container),
            evals_result=history,
            callbacks=callbacks,
            verbose_eval=False,
        )
        return booster, history

    def models(self, data: TrainingData, output_folder: str) -> Dict[str, xgb.Booster]:
        """Trains the models. Returns them by file name."""
        config = self._config
        if "_kfold" not in config:
            return {MODEL_NAME: self.model(data.train, _watchlist(data))[0]}
        models = cross_validate(
            data.train if data.both is None else data.both,
            config,
            has_validation=data.validation is not None,
            train=self.model,
            print_line=self._log,
            info=lambda text: _info(self._log, text),
            output_folder=output_folder,
            random=np.random.RandomState(),
            is_stopped=lambda: self.progress.stopped,
        )
        return {f"{MODEL_NAME}-{fold}": model for fold, model in enumerate(models)}


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
    data = _load(job, config, store, limit)
    if is_stopped():
        return False
    for warning in data.warnings():
        _log_line(log, "WARNING", warning)
    if data.both is not None:
        _info(log, "Read both train and validation data into one DMatrix")
    _info(log, "Single node training.")
    _info(log, f"Train matrix has {data.train.num_row()} rows and {data.train.num_col()} columns")
    if data.validation is not None:
        _info(log, f"Validation matrix has {data.validation.num_row()} rows")

    training = _Training(config, data, limit, log, is_stopped, job.get("checkpointFolder"))
    folder = job["workFolder"]
    started = time.perf_counter()
    try:
        models = training.models(data, os.path.join(folder, "output", "data"))
    except Exception as error:
        text = shorten(error)
        if any(known in text for known in _USERS_FAULT):
            raise ClientError(text) from None
        raise AlgorithmError(f"XGB train call failed with exception:\n {text}") from None
    is_finished = not training.progress.stopped
    if not is_finished and config.get("save_model_on_termination") != "true":
        return False
    for name, model in models.items():
        _save(model, os.path.join(folder, "model"), name)
    _info(log, f"Training took {time.perf_counter() - started:.3f} seconds.")
    return is_finished


def _load(job: Mapping[str, Any], config: Mapping[str, Any], store: DataStore, threads: int) -> TrainingData:
    return store.load(job["channels"], config.get("csv_weights") == 1, threads, combines="_kfold" in config)


def _latest_checkpoint(folder: str, log: Callable[[str], None]) -> Tuple[Optional[str], int]:
    """The checkpoint from which the container resumes, and its number of rounds. The container looks for the names that
    its old releases gave to checkpoints, `xgboost-checkpoint.<round>`. It now saves `xgboost-checkpoint_0.ubj`, so it
    never finds its own checkpoints. Source: aws/sagemaker-xgboost-container, callback.py and checkpointing.py.
    """
    names = os.listdir(folder) if os.path.isdir(folder) else []
    rounds = [int(name.split(".")[1]) for name in names if re.fullmatch(_CHECKPOINT_NAME + r"\.[0-9]+", name)]
    if not rounds:
        _info(log, "CheckpointConfig has no effect: the container does not resume from the checkpoints that it saves")
        return None, 0
    path = os.path.join(folder, f"{_CHECKPOINT_NAME}.{max(rounds)}")
    _info(log, f"Checkpoint loaded from {path}")
    _info(log, f"Resuming from iteration {max(rounds) + 1}")
    return path, max(rounds) + 1


def _watchlist(data: TrainingData) -> List[Tuple[xgb.DMatrix, str]]:
    pairs = ((data.train, "train"), (data.validation, "validation"))
    return [(matrix, name) for matrix, name in pairs if matrix is not None]


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
    # Without _kfold, the container passes _num_cv_round to XGBoost, which ignores it.
    if "_kfold" in config:
        parameters.pop("_num_cv_round", None)
    if eval_metric:
        parameters["eval_metric"] = list(eval_metric)
    if "updater" in parameters:
        parameters["updater"] = ",".join(parameters["updater"])
    return parameters


def _early_stopping(
    config: Mapping[str, Any], has_validation: bool, log: Callable[[str], None]
) -> Optional[Dict[str, Any]]:
    """Arguments of the callback that stops a training early. It watches the tuning job's objective metric, or else
    the last eval_metric, and keeps the best model.
    """
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
    return {
        "rounds": rounds, "metric_name": metric, "data_name": "validation",
        # As in the container, metrics that are not in MAXIMIZE_METRICS, such as ndcg@5 and map@5, are minimized.
        "maximize": metric in MAXIMIZE_METRICS, "save_best": True,
    }


def _save(booster: xgb.Booster, folder: str, name: str) -> None:
    """Writes the model in the format that this version of XGBoost uses for a file without an extension."""
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, name)
    temporary = path + "-partial"
    booster.save_model(temporary)
    os.replace(temporary, path)


def _info(log: Callable[[str], None], text: str) -> None:
    _log_line(log, "INFO", text)


def _log_line(log: Callable[[str], None], level: str, text: str) -> None:
    log(f"[{datetime.now(timezone.utc):%Y-%m-%d %H:%M:%S}:{level}] {text}")
