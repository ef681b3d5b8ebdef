"""Runs jobs of the built-in XGBoost algorithm in a warm worker. training_worker.py defines the messages."""

import threading
from typing import Any, Callable, Tuple

from protocol import Message
from training_worker import Train, serve, with_transforms


class _Worker:
    def prepare(self) -> Tuple[Message, Train]:
        import xgboost

        from xgboost_data import DataStore
        from xgboost_training import take_warnings, train

        self._store = DataStore()

        def run(job: Message, log: Callable[[str], None], is_stopped: Callable[[], bool]) -> bool:
            if threading.current_thread() is not threading.main_thread():  # in a forked process
                take_warnings()
            return train(job, self._store, log, is_stopped)

        return {"xgboostVersion": xgboost.__version__}, with_transforms(run, _server)

    def load(self, job: Message) -> None:
        from xgboost_training import load_shared

        load_shared(job, self._store)


def _server(job: Message, log: Callable[[str], None]) -> Any:
    from xgboost_serving import Server

    return Server(job, log)


if __name__ == "__main__":
    worker = _Worker()
    serve(worker.prepare, load=worker.load)
