"""The two kinds of failures of SageMaker's own algorithms."""


class ClientError(Exception):
    """The user can fix it: a hyperparameter, a channel or the data is wrong."""


class AlgorithmError(Exception):
    """Any other error that stops the algorithm."""


class JobFailure(Exception):
    """A job that fails with exactly this reason, which its log explains already."""


class InvocationError(Exception):
    """What a model server answers to a request that it cannot serve, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
