"""Creates train/birdstrikes.csv from birdstrikes.csv of the npm package vega-datasets 3.2.1.

    Usage: python prepare.py <path of birdstrikes.csv>.

Keeps every fourth report, and adds the column to predict: whether the aircraft was damaged. Leaves out the columns with
the amount and the cost of the damage, which would reveal the answer.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

LEFT_OUT = ("Effect Amount of damage", "Cost Other", "Cost Repair", "Cost Total $")


def main(source: str) -> None:
    with open(source, newline="", encoding="utf-8") as file:
        reports = list(csv.DictReader(file))[::4]
    columns = [name for name in reports[0] if name not in LEFT_OUT]
    target = Path(__file__).with_name("train") / "birdstrikes.csv"
    target.parent.mkdir(exist_ok=True)
    with open(target, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["Damage", *columns])
        for report in reports:
            damaged = report["Effect Amount of damage"] not in ("None", "")
            writer.writerow(["yes" if damaged else "no", *(report[name] for name in columns)])


if __name__ == "__main__":
    main(sys.argv[1])
