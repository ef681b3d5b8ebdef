"""Local mode's stand-in for the toolkit of SageMaker's own algorithms: its exceptions."""
