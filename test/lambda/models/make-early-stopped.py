"""Creates models trained with early stopping, saved as SageMaker's container saves them.

Usage: `python make-early-stopped.py <extension>`.

XGBoost 1.7.4 created `early-1.7.bin` (best iteration 9); 3.2.0 created `early-3.2.ubj` and `early-3.2.json` (best
iteration 7).
"""
import os
import sys

import numpy
import xgboost

(EXTENSION,) = sys.argv[1:]
random = numpy.random.default_rng(7)
features = random.normal(size=(200, 2))
label = features[:, 0] * 3 + random.normal(scale=1, size=200)
train = xgboost.DMatrix(features[:100], label[:100])
validation = xgboost.DMatrix(features[100:], label[100:])
stopping = xgboost.callback.EarlyStopping(rounds=3, metric_name="rmse", data_name="validation", save_best=True)
booster = xgboost.train(
    {"max_depth": 2, "eta": 0.5, "seed": 1}, train, 200, evals=[(train, "train"), (validation, "validation")],
    callbacks=[stopping], verbose_eval=False,
)
version = ".".join(xgboost.__version__.split(".")[:2])
name = f"early-{version}"
booster.save_model(name if EXTENSION == ".bin" else name + EXTENSION)
if EXTENSION == ".bin":
    os.rename(name, name + EXTENSION)
print(booster.attributes())
