"""Creates the models that the tests read, and records XGBoost's feature importance for them.

Usage: `python make-models.py <name> <extension>...`.

`expected.json` contains the results of XGBoost 1.7.4 for the binary format, and of 3.2.0 for the other formats.
"""
import json
import os
import sys

import numpy
import xgboost

NAME, *EXTENSIONS = sys.argv[1:]
random = numpy.random.default_rng(7)
features = random.normal(size=(300, 5))
label = features[:, 1] * 3 + numpy.sign(features[:, 3]) + random.normal(scale=0.1, size=300)
names = ["area", "rooms", "age", "garden", "noise"] if NAME == "named" else None
parameters = {"max_depth": 3, "eta": 0.3, "seed": 1, "gamma": 2, "booster": "dart" if NAME == "dart" else "gbtree"}
if NAME == "linear":
    parameters = {"booster": "gblinear", "seed": 1}
booster = xgboost.train(parameters, xgboost.DMatrix(features, label, feature_names=names), num_boost_round=4)
for extension in EXTENSIONS:
    path = f"{NAME}{extension}"
    booster.save_model(path)
    if not extension:
        os.rename(path, f"{NAME}.bin")
if NAME != "linear":
    with open("expected.json", "a+", encoding="utf-8") as file:
        file.seek(0)
        known = json.loads(file.read() or "{}")
        known[f"{NAME}-{xgboost.__version__}"] = {
            kind: booster.get_score(importance_type=kind) for kind in ("gain", "cover", "weight")
        }
        file.truncate(0)
        file.write(json.dumps(known, indent=1, sort_keys=True) + "\n")
