"""Writes three tables for tests of AutoML. Each has real data, with text columns, dates and missing values added.

Usage: python automl-data-sets.py BIKESHARE_TRAIN.csv FOLDER
"""

import random
import sys

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_wine

BIKESHARE = "bikers season mnth day hr holiday weekday workingday weathersit temp atemp hum windspeed".split()
NOTES = [
    ["quiet", "slow", "empty", "cold"],
    ["busy", "usual", "regular", "mild"],
    ["crowded", "warm", "hectic", "lively"],
]


def spoil(table: pd.DataFrame, target: str) -> pd.DataFrame:
    """Adds missing values to all columns except the target. Then adds useless columns, and a text column whose words
    mostly depend on the target.
    """
    chance = random.Random(7)
    table = table.astype(object)
    for name in table.columns.drop(target):
        table[name] = [np.nan if chance.random() < 0.06 else value for value in table[name]]
    ranks = pd.Series(pd.factorize(table[target], sort=True)[0]).rank(pct=True)
    groups = [min(2, int(rank * 3)) if chance.random() < 0.6 else chance.randrange(3) for rank in ranks]
    notes = [
        f'{" ".join(chance.choice(NOTES[group]) for _ in range(4))}, "no {number}"'
        for number, group in enumerate(groups)
    ]
    table["note"] = [np.nan if chance.random() < 0.05 else note for note in notes]
    table["seen"] = [f"2024-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}" for _ in notes]
    table["row"] = range(1, len(table) + 1)
    table["source"] = "sensor"
    return table


def main(bikeshare: str, folder: str) -> None:
    bikes = pd.read_csv(bikeshare, names=BIKESHARE).head(500)
    bikes["season"] = bikes["season"].map({1: "winter", 2: "spring", 3: "summer", 4: "autumn"})
    spoil(bikes, "bikers").to_csv(f"{folder}/regression.csv", index=False)

    cancer = load_breast_cancer(as_frame=True)
    table = cancer.data.iloc[:, :8].copy()
    table["diagnosis"] = cancer.target.map({0: "malignant, confirmed", 1: "benign"})
    spoil(table, "diagnosis").to_csv(f"{folder}/binary.csv", index=False)

    wine = load_wine(as_frame=True)
    table = wine.data.iloc[:, :8].copy()
    table["cultivar"] = wine.target.map({0: "Barolo", 1: "Grignolino", 2: "Barbera"})
    spoil(table, "cultivar").to_csv(f"{folder}/multiclass.csv", index=False)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
