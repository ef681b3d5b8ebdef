"""Errors of SageMaker's own algorithms and of batch transforms."""


class ClientError(Exception):
    """An error that the user can fix: a hyperparameter, a channel or the data is wrong."""


class AlgorithmError(Exception):
    """Any other error that stops the algorithm."""


class JobFailure(Exception):
    """The job fails with this message as its failure reason. The log already has the details."""


# The status of an InvocationError if there was no response.
NO_RESPONSE = 0


class InvocationError(Exception):
    """An error response of a model server, with its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
