"""The two kinds of failure that a training job of SageMaker's own algorithms reports."""


class ClientError(Exception):
    """The user can mend it: a hyperparameter, a channel or the data is wrong."""


class AlgorithmError(Exception):
    """Everything else that stops the algorithm."""
