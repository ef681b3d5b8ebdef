/** The names of the metrics, by evaluation problem. The function `evaluate-model` computes them. */
export const GATE_METRICS: Readonly<Record<string, readonly string[]>> = {
  Regression: ['rmse', 'mse', 'mae', 'r2'],
  BinaryClassification: ['auc', 'au_prc', 'log_loss', 'brier_score', 'accuracy', 'f1', 'precision', 'recall'],
  MulticlassClassification: [
    'log_loss',
    'accuracy',
    'macro_f1',
    'weighted_f1',
    'macro_precision',
    'weighted_precision',
    'macro_recall',
    'weighted_recall',
  ],
  Ranking: ['ndcg', 'ndcg_at_10'],
};
