"""Local mode's stand-in for the toolkit of SageMaker's own algorithms. Contains only the toolkit's exceptions."""
