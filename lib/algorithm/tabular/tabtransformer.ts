import type { TabularAlgorithm } from './tabular-model';

// Sources: SageMaker developer guide, "TabTransformer hyperparameters" and "Tune a TabTransformer model"
// (awsdocs/amazon-sagemaker-developer-guide, doc_source/tabtransformer-hyperparameters.md and
// tabtransformer-tuning.md).

/** SageMaker's TabTransformer. */
export const TABTRANSFORMER: TabularAlgorithm = {
  modelIds: {
    classification: 'pytorch-tabtransformerclassification-model',
    regression: 'pytorch-tabtransformerregression-model',
  },
  // doc_source/tabtransformer.md: "single-instance CPU and single-instance GPU training".
  singleInstance: true,
  hyperparameters: [
    { name: 'n_epochs', type: 'integer', min: 1 },
    { name: 'patience', type: 'integer', min: 2, max: 60 },
    { name: 'learning_rate', type: 'continuous', minExclusive: 0 },
    { name: 'batch_size', type: 'integer', min: 1, max: 2048 },
    { name: 'input_dim', type: 'categorical', values: ['16', '32', '64', '128', '256', '512'] },
    { name: 'n_blocks', type: 'integer', min: 1, max: 12 },
    { name: 'attn_dropout', type: 'continuous', min: 0, max: 1 },
    { name: 'mlp_dropout', type: 'continuous', min: 0, max: 1 },
    { name: 'frac_shared_embed', type: 'continuous', min: 0, max: 1 },
  ],
  metrics: [
    { name: 'r2', direction: 'Maximize', task: 'regression', regex: "metrics={'r2': (\\S+)}" },
    // These metrics apply to binary and multiclass classification.
    { name: 'f1_score', direction: 'Maximize', task: 'classification', regex: "metrics={'f1': (\\S+)}" },
    {
      name: 'accuracy_score',
      direction: 'Maximize',
      task: 'classification',
      regex: "metrics={'accuracy': (\\S+)}",
    },
  ],
};
