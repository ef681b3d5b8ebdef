"""The two kinds of failures of SageMaker's own algorithms."""


class ClientError(Exception):
    """The user can fix it: a hyperparameter, a channel or the data is wrong."""


class AlgorithmError(Exception):
    """Any other error that stops the algorithm."""
