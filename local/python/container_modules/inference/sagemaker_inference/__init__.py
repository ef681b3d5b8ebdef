"""Stand-in for SageMaker's inference toolkit: what scripts import from it."""
