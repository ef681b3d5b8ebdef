"""Local mode's stand-in for the package that scripts import in SageMaker's XGBoost images.

It contains the modules that scripts use during training: `data_utils`, `distributed`, `checkpointing`,
`encoder` and `constants`. It behaves like aws/sagemaker-xgboost-container, but is a separate
implementation.
"""
