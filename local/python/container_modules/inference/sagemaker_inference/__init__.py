"""Stand-in for SageMaker's inference toolkit, with the parts that scripts import."""
