"""A stand-in of local mode for the toolkit of SageMaker's own algorithms: its exceptions."""
