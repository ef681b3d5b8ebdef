"""A warm worker of the built-in XGBoost algorithm; its messages are those of training_worker.py."""

from typing import Tuple

from protocol import Message
from training_worker import Train, serve


def _prepare() -> Tuple[Message, Train]:
    import xgboost

    from xgboost_data import DataStore
    from xgboost_training import train

    store = DataStore()
    return (
        {"xgboostVersion": xgboost.__version__},
        lambda job, log, is_stopped: train(job, store, log, is_stopped),
    )


if __name__ == "__main__":
    serve(_prepare)
