"""Loads LightGBM models for predictions."""

import pickle

import lightgbm as lgb
import numpy as np
import pandas as pd

from tabular_serving import Model, cannot_load, find_model

_CLASSIFICATION = ("binary", "multiclass", "multiclassova", "cross_entropy")


def load(folder: str, threads: int) -> Model:
    """Loads the model of an unpacked archive: `model.txt`, or the pickled Booster that SageMaker's own training saves.
    Raises InvocationError.
    """
    path = find_model(folder, "model.txt", "model.pkl")
    try:
        booster = _read(path)
        objective = str(booster.params.get("objective") or booster.dump_model(num_iteration=1)["objective"])
        columns = booster.num_feature()
    except Exception as error:
        raise cannot_load(path, error) from None

    is_classifier = objective.split(" ")[0] in _CLASSIFICATION

    def predict(rows: pd.DataFrame) -> np.ndarray:
        predictions = np.asarray(booster.predict(rows.to_numpy(dtype=float), num_threads=threads))
        is_binary = is_classifier and predictions.ndim == 1
        return np.column_stack((1 - predictions, predictions)) if is_binary else predictions

    return Model(columns, predict, is_classifier)


def _read(path: str) -> lgb.Booster:
    if path.endswith(".txt"):
        return lgb.Booster(model_file=path)
    with open(path, "rb") as file:
        model = pickle.load(file)
    # A model of LightGBM's scikit-learn interface contains its Booster.
    return getattr(model, "booster_", model)
