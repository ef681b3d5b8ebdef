"""Loads a model with its own library and prints its RMSE: python measure-model.py MODEL_FILE VALIDATION_CSV"""

import sys

import numpy as np


def predict(model: str, features: np.ndarray) -> np.ndarray:
    if model.endswith(".joblib"):
        import joblib

        return joblib.load(model).predict(features)
    if model.endswith(".txt"):
        import lightgbm

        return lightgbm.Booster(model_file=model).predict(features)
    import xgboost

    booster = xgboost.Booster(model_file=model)
    return booster.predict(xgboost.DMatrix(features))


rows = np.loadtxt(sys.argv[2], delimiter=",")
print(np.sqrt(np.mean((predict(sys.argv[1], rows[:, 1:]) - rows[:, 0]) ** 2)))
