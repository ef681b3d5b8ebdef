import { Token } from 'aws-cdk-lib';
import { type BuiltInFacts, LABELED_CSV, RECORD_IO_PROTOBUF } from './facts';
import { BUILT_IN_REGISTRY } from './registry';
import { guide, imageSources, sdk } from './sources';

const CONTENT_TYPES = [RECORD_IO_PROTOBUF, ...LABELED_CSV];
const PQ_COMPONENTS = [1, 2, 3, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 56, 64, 96];

/** Classification and regression with k-nearest neighbors. */
export const K_NEAREST_NEIGHBORS: BuiltInFacts = {
  title: 'k-NN',
  repository: 'knn',
  tag: '1',
  registry: BUILT_IN_REGISTRY,
  channelNames: { train: 'train', validation: 'test' },
  data: { train: { contentTypes: CONTENT_TYPES }, validation: { contentTypes: CONTENT_TYPES } },
  instances: { several: true, gpu: true },
  hyperparameters: [
    { name: 'feature_dim', type: 'integer', min: 1, required: true },
    { name: 'k', type: 'integer', min: 1, required: true, tunable: true },
    { name: 'predictor_type', type: 'categorical', values: ['classifier', 'regressor'], required: true },
    { name: 'sample_size', type: 'integer', min: 1, required: true, tunable: true },
    { name: 'dimension_reduction_target', type: 'integer', min: 1 },
    { name: 'dimension_reduction_type', type: 'categorical', values: ['sign', 'fjlt'] },
    { name: 'faiss_index_ivf_nlists', type: 'integer', min: 1, words: ['auto'] },
    { name: 'faiss_index_pq_m', type: 'categorical', values: PQ_COMPONENTS.map(String) },
    { name: 'index_metric', type: 'categorical', values: ['L2', 'INNER_PRODUCT', 'COSINE'] },
    { name: 'index_type', type: 'categorical', values: ['faiss.Flat', 'faiss.IVFFlat', 'faiss.IVFPQ'] },
    { name: 'mini_batch_size', type: 'integer', min: 1 },
  ],
  objectiveMetrics: [
    { name: 'test:accuracy', direction: 'Maximize', predictorTypes: ['classifier'] },
    { name: 'test:mse', direction: 'Minimize', predictorTypes: ['regressor'] },
  ],
  checkTogether,
  sources: [
    ...imageSources('knn'),
    guide('data, channels, instances', 'k-nearest-neighbors', '2b764d938b7540772ce41bdc8e06c491f64bf508'),
    guide('hyperparameters', 'kNN_hyperparameters', 'cf4045a036f990cafc17c93c2ee070aa6efa7248'),
    sdk('knn'),
    guide(
      'objective metrics, tunable hyperparameters',
      'kNN-tuning',
      '299a91617da810792746e685b840bff4d676b9e2',
    ),
  ],
};

function checkTogether(values: Readonly<Record<string, string>>): string[] {
  const { dimension_reduction_target: target, feature_dim: features } = values;
  const { index_type: indexType, index_metric: indexMetric } = values;
  const problems: string[] = [];
  if (values['dimension_reduction_type'] !== undefined && target === undefined) {
    problems.push('hyperparameters.dimension_reduction_target: is required with dimension_reduction_type');
  }
  if (isKnown(target) && isKnown(features) && Number(target) >= Number(features)) {
    problems.push(
      `hyperparameters.dimension_reduction_target: must be less than feature_dim, got ${target} and ${features}`,
    );
  }
  if (indexType === 'faiss.IVFPQ' && (indexMetric === 'INNER_PRODUCT' || indexMetric === 'COSINE')) {
    problems.push(`hyperparameters.index_metric: must be L2 with index_type faiss.IVFPQ, got ${indexMetric}`);
  }
  return problems;
}

function isKnown(value: string | undefined): value is string {
  return value !== undefined && !Token.isUnresolved(value);
}
