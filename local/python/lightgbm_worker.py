"""Runs jobs of SageMaker's LightGBM algorithm in a warm worker. training_worker.py defines the messages."""

from typing import Any, Callable, Tuple

from protocol import Message
from training_worker import Train, serve, with_transforms


def _prepare() -> Tuple[Message, Train]:
    from lightgbm_training import ALGORITHM, train
    from tabular_data import DataStore

    store = DataStore(ALGORITHM)
    return {}, with_transforms(lambda job, log, is_stopped: train(job, store, log, is_stopped), _server)


def _server(job: Message, _: Callable[[str], None]) -> Any:
    from lightgbm_serving import load
    from tabular_serving import Server

    return Server(load(job["transform"]["modelFolder"], int(job["threads"])))


if __name__ == "__main__":
    serve(_prepare)
