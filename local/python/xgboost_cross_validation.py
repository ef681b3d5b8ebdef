"""Cross-validates hyperparameters as SageMaker's XGBoost container does (hyperparameter `_kfold`).

Combines the training and validation data and splits them into folds. For each fold, trains a model on all other folds.
The folds are random and differ between jobs, because the container sets no seed. They are drawn as scikit-learn's
RepeatedKFold or, for classification, RepeatedStratifiedKFold draws them.

Source: aws/sagemaker-xgboost-container, algorithm_mode/train.py and prediction_utils.py, with pull requests
398 (metrics of a fold's own rows) and 425 (no validation channel). Image 3.0-5 and newer contain both.
"""

import os
import warnings
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import xgboost as xgb

# The metrics of one training, in the format of XGBoost's evals_result: for each data set and metric, the values of all
# rounds.
History = Dict[str, Dict[str, List[float]]]
# Trains a model on a matrix, and computes the metrics of the named matrices.
TrainModel = Callable[[xgb.DMatrix, Sequence[Tuple[xgb.DMatrix, str]]], Tuple[xgb.Booster, History]]


def cross_validate(
    data: xgb.DMatrix,
    config: Mapping[str, Any],
    has_validation: bool,
    train: TrainModel,
    print_line: Callable[[str], None],
    info: Callable[[str], None],
    output_folder: str,
    random: np.random.RandomState,
    is_stopped: Callable[[], bool],
) -> List[xgb.Booster]:
    """Returns the models of all folds. Writes the predictions of the held-out rows to `output_folder`.

    Without a validation channel, prints only the metrics of the training folds. If the job is stopped, returns the
    models that have been trained so far.
    """
    folds, repeats = config["_kfold"], config.get("_num_cv_round", 1)
    info(f"Run {repeats}-round of {folds}-fold cross validation with {data.num_row()} rows")
    is_classification = _is_classification(config)
    classes = data.get_label() if is_classification else None
    held_out = np.zeros((repeats, data.num_row(), 2 if is_classification else 1))
    models: List[xgb.Booster] = []
    histories: List[History] = []
    for rest, rows in split(data.num_row(), classes, folds, repeats, random):
        repeat, fold = divmod(len(models), folds)
        matrices = [data.slice(rest), data.slice(rows)]
        info(f"Train cross validation fold {fold + 1}")
        watched = list(zip(matrices, ("train", "validation")))
        model, history = train(matrices[0], watched if has_validation else watched[:1])
        models.append(model)
        if is_stopped():
            return models
        histories.append(history)
        predictions = model.predict(matrices[1])
        held_out[repeat, rows] = np.column_stack(_classified(predictions) if is_classification else (predictions,))
        if fold + 1 == folds:
            info(f"The metrics of round {repeat + 1} cross validation")
            print_line(_means(config["num_round"], histories[-folds:]))
    _save(data.get_label(), held_out, output_folder, info)
    if repeats > 1:
        info(f"The overall metrics of {repeats}-round cross validation")
        print_line(_means(config["num_round"], histories))
    return models


def split(
    rows: int, classes: Optional[np.ndarray], folds: int, repeats: int, random: np.random.RandomState
) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """For each fold, returns the rows to train on and the rows to hold out. With `classes`, the shares of the classes
    are about the same in each fold.
    """
    if folds > rows:
        raise ValueError(
            f"Cannot have number of splits n_splits={folds} greater than the number of samples: n_samples={rows}."
        )
    codes = None if classes is None else _codes(classes, folds)
    for _ in range(repeats):
        fold_of_row = _plain_folds(rows, folds, random) if codes is None else _stratified_folds(codes, folds, random)
        for fold in range(folds):
            yield np.flatnonzero(fold_of_row != fold), np.flatnonzero(fold_of_row == fold)


def _plain_folds(rows: int, folds: int, random: np.random.RandomState) -> np.ndarray:
    order = np.arange(rows)
    random.shuffle(order)
    sizes = [rows // folds + (fold < rows % folds) for fold in range(folds)]
    fold_of_row = np.empty(rows, dtype=int)
    fold_of_row[order] = np.repeat(np.arange(folds), sizes)
    return fold_of_row


def _stratified_folds(codes: np.ndarray, folds: int, random: np.random.RandomState) -> np.ndarray:
    """Returns the fold of each row. Sorts the rows by class, deals them to the folds in turn, and then shuffles the
    folds within each class.
    """
    dealt_to = np.arange(len(codes)) % folds
    dealt = np.sort(codes)
    fold_of_row = np.empty(len(codes), dtype=int)
    for code in range(codes.max() + 1):
        own = np.sort(dealt_to[dealt == code])
        random.shuffle(own)
        fold_of_row[codes == code] = own
    return fold_of_row


def _codes(classes: np.ndarray, folds: int) -> np.ndarray:
    """Numbers the classes in the order in which they first occur. Returns the class number of each row."""
    if (classes != np.trunc(classes)).any():
        raise ValueError("Supported target types are: ('binary', 'multiclass'). Got 'continuous' instead.")
    _, first, codes, sizes = np.unique(classes, return_index=True, return_inverse=True, return_counts=True)
    if folds > sizes.max():
        raise ValueError(f"n_splits={folds} cannot be greater than the number of members in each class.")
    if folds > sizes.min():
        warnings.warn(
            f"The least populated class in y has only {sizes.min()} members, which is less than n_splits={folds}.",
            UserWarning, stacklevel=2,
        )
    return np.argsort(np.argsort(first))[codes.reshape(-1)]


def _is_classification(config: Mapping[str, Any]) -> bool:
    if "num_class" in config:
        return True
    if "objective" not in config:
        raise ValueError(
            "'NoneType' object has no attribute 'startswith': the container needs hyperparameter objective with _kfold"
        )
    return config["objective"].startswith("binary:")


def _classified(predictions: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """The probability and the class of each row, as the container determines them. Both are correct only for
    objectives that predict probabilities.
    """
    if predictions.ndim > 1:
        return predictions.max(axis=-1), np.argmax(predictions, axis=-1)
    return predictions, predictions > 0.5


def _means(num_round: int, histories: Sequence[History]) -> str:
    """A log line with the mean of each metric over all trained models, after their last round. Has the format of a
    round's log line, so that SageMaker's regular expressions find the metrics."""
    first = histories[0]
    fields = [
        f"{data}-{metric}:{np.mean([history[data][metric][-1] for history in histories]):.5f}"
        for metric in first["train"]
        for data in first
    ]
    return "\t".join([f"[{num_round}]", *fields])


def _save(labels: np.ndarray, held_out: np.ndarray, folder: str, info: Callable[[str], None]) -> None:
    """Writes the label, the mean prediction and, for classification, the most frequent class of each row."""
    columns = [labels, held_out[:, :, 0].mean(axis=0)]
    if held_out.shape[2] > 1:
        columns.append(_most_frequent(held_out[:, :, 1]))
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "predictions.csv")
    info(f"Storing predictions on validation set(s) in {path}")
    np.savetxt(path, np.column_stack(columns), delimiter=",", fmt="%f")


def _most_frequent(classes: np.ndarray) -> np.ndarray:
    """The most frequent value of each column. If several values are equally frequent, returns the lowest."""
    values = np.unique(classes)
    return values[np.argmax([(classes == value).sum(axis=0) for value in values], axis=0)]
