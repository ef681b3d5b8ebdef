import { DataDistribution } from '../../input-data';
import { type BuiltInFacts, jsonLists, RECORD_IO_PROTOBUF } from './facts';
import { BUILT_IN_REGISTRY } from './registry';
import { guide, imageSources, sdk } from './sources';

/** Anomaly detection. */
export const RANDOM_CUT_FOREST: BuiltInFacts = {
  title: 'Random Cut Forest',
  repository: 'randomcutforest',
  tag: '1',
  registry: BUILT_IN_REGISTRY,
  channelNames: { train: 'train', validation: 'test' },
  data: {
    train: {
      contentTypes: [RECORD_IO_PROTOBUF, 'text/csv;label_size=0'],
      distribution: DataDistribution.SHARDED_BY_S3_KEY,
    },
    validation: {
      contentTypes: [RECORD_IO_PROTOBUF, 'text/csv;label_size=1'],
      distribution: DataDistribution.FULLY_REPLICATED,
    },
  },
  instances: { several: true, gpu: false },
  hyperparameters: [
    { name: 'feature_dim', type: 'integer', min: 1, max: 10_000, required: true },
    {
      name: 'eval_metrics',
      type: 'categorical',
      values: jsonLists('accuracy', 'precision_recall_fscore'),
    },
    // This hyperparameter exists only in the SDK, which sends 1000 and rejects other values.
    { name: 'mini_batch_size', type: 'integer', min: 1000, max: 1000 },
    { name: 'num_samples_per_tree', type: 'integer', min: 1, max: 2048, tunable: true },
    { name: 'num_trees', type: 'integer', min: 50, max: 1000, tunable: true },
  ],
  objectiveMetrics: [{ name: 'test:f1', direction: 'Maximize' }],
  checkTogether,
  sources: [
    ...imageSources('randomcutforest'),
    guide('data, channels, instances', 'randomcutforest', '1372dae9b1a2c0281a50add87a1ce0492f6dca94'),
    guide('hyperparameters', 'rcf_hyperparameters', '1caf36fbc74ea8f7322611cc7accd4752b44c63a'),
    sdk('randomcutforest'),
    guide(
      'objective metrics, tunable hyperparameters',
      'random-cut-forest-tuning',
      '2dfa4dd0ce508ccad9eefe5f999bafb13fcd75b8',
    ),
  ],
};

/** Checks that eval_metrics has precision_recall_fscore, which includes F1, the only objective metric. */
function checkTogether({ eval_metrics: metrics }: Readonly<Record<string, string>>): string[] {
  if (metrics !== '["accuracy"]') return [];
  return [
    'hyperparameters.eval_metrics: must list precision_recall_fscore, which includes the objective test:f1, got ["accuracy"]',
  ];
}
