"""Loads CatBoost models for predictions."""

import catboost
import numpy as np
import pandas as pd

from tabular_serving import Model, cannot_load, find_model

_CLASSIFICATION = ("Logloss", "CrossEntropy", "MultiClass", "MultiClassOneVsAll")


def load(folder: str, threads: int) -> Model:
    """Loads the model of an unpacked archive. Raises InvocationError."""
    path = find_model(folder, "model", "model.cbm")
    model = catboost.CatBoost()
    try:
        model.load_model(path)
        loss = str(model.get_all_params().get("loss_function"))
    except Exception as error:
        raise cannot_load(path, error) from None
    names, categorical = model.feature_names_, model.get_cat_feature_indices()
    is_classifier = loss.split(":")[0] in _CLASSIFICATION

    def predict(rows: pd.DataFrame) -> np.ndarray:
        # CatBoost refuses columns whose names differ from the names in the training data.
        frame = rows.astype({column: np.int64 for column in categorical}).set_axis(names, axis=1)
        kind = "Probability" if is_classifier else "RawFormulaVal"
        return np.asarray(
            model.predict(catboost.Pool(frame, cat_features=categorical), prediction_type=kind, thread_count=threads)
        )

    return Model(len(names), predict, is_classifier)
