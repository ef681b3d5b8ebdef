"""A warm worker of SageMaker's LightGBM algorithm. training_worker.py defines its messages."""

from typing import Tuple

from protocol import Message
from training_worker import Train, serve


def _prepare() -> Tuple[Message, Train]:
    from lightgbm_training import ALGORITHM, train
    from tabular_data import DataStore

    store = DataStore(ALGORITHM)
    return {}, lambda job, log, is_stopped: train(job, store, log, is_stopped)


if __name__ == "__main__":
    serve(_prepare)
