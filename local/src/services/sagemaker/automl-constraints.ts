import type { Constraint } from './validation';

const jobName: Constraint = {
  path: 'AutoMLJobName',
  type: 'string',
  required: true,
  min: 1,
  max: 32,
  pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}',
};

const s3Uri = { type: 'string', max: 1024, pattern: '(https|s3)://([^/]+)/?(.*)' } as const;
const statuses = ['Completed', 'InProgress', 'Failed', 'Stopped', 'Stopping'];
const sortOrder: Constraint = { path: 'SortOrder', type: 'string', values: ['Ascending', 'Descending'] };
const nextToken: Constraint = { path: 'NextToken', type: 'string', max: 8192 };

const channel = 'AutoMLJobInputDataConfig.*';
const table = 'AutoMLProblemTypeConfig.TabularJobConfig';
const algorithms = `${table}.CandidateGenerationConfig.AlgorithmsConfig`;

/** Objective metrics for tables (AutoMLJobObjective in the API model); the enum has more, for other problems. */
const METRICS = [
  ['Accuracy', 'MSE', 'F1', 'F1macro', 'AUC', 'RMSE', 'BalancedAccuracy', 'R2', 'Recall', 'RecallMacro'],
  ['Precision', 'PrecisionMacro', 'MAE', 'MAPE', 'MASE', 'WAPE', 'AverageWeightedQuantileLoss'],
].flat();

/**
 * The service model of the AutoML operations, by operation.
 *
 * @param tags rules for tags
 */
export function automlConstraints(tags: readonly Constraint[]): Record<string, readonly Constraint[]> {
  return {
    CreateAutoMLJobV2: [
      jobName,
      { path: 'AutoMLJobInputDataConfig', type: 'list', required: true, min: 1, max: 2 },
      { path: `${channel}.ChannelType`, type: 'string', values: ['training', 'validation'] },
      { path: `${channel}.ContentType`, type: 'string', max: 256 },
      { path: `${channel}.CompressionType`, type: 'string', values: ['None', 'Gzip'] },
      { path: `${channel}.DataSource`, type: 'structure', required: true },
      { path: `${channel}.DataSource.S3DataSource`, type: 'structure', required: true },
      {
        path: `${channel}.DataSource.S3DataSource.S3DataType`,
        type: 'string',
        required: true,
        values: ['ManifestFile', 'S3Prefix', 'AugmentedManifestFile'],
      },
      { path: `${channel}.DataSource.S3DataSource.S3Uri`, required: true, ...s3Uri },
      { path: 'OutputDataConfig', type: 'structure', required: true },
      { path: 'OutputDataConfig.S3OutputPath', required: true, ...s3Uri },
      { path: 'AutoMLProblemTypeConfig', type: 'structure', required: true },
      { path: `${table}.TargetAttributeName`, type: 'string', required: true, min: 1 },
      { path: `${table}.Mode`, type: 'string', values: ['AUTO', 'ENSEMBLING', 'HYPERPARAMETER_TUNING'] },
      {
        path: `${table}.ProblemType`,
        type: 'string',
        values: ['BinaryClassification', 'MulticlassClassification', 'Regression'],
      },
      {
        path: `${table}.SampleWeightAttributeName`,
        type: 'string',
        min: 1,
        max: 256,
        pattern: '[a-zA-Z0-9_-]+',
      },
      { path: `${table}.FeatureSpecificationS3Uri`, ...s3Uri },
      { path: `${table}.CompletionCriteria.MaxCandidates`, type: 'integer', min: 1, max: 750 },
      { path: `${table}.CompletionCriteria.MaxRuntimePerTrainingJobInSeconds`, type: 'integer', min: 1 },
      { path: `${table}.CompletionCriteria.MaxAutoMLJobRuntimeInSeconds`, type: 'integer', min: 1 },
      { path: algorithms, type: 'list', max: 1 },
      { path: `${algorithms}.*.AutoMLAlgorithms`, type: 'list', required: true, max: 11 },
      { path: 'AutoMLJobObjective.MetricName', type: 'string', required: true, values: METRICS },
      {
        path: 'RoleArn',
        type: 'string',
        required: true,
        min: 20,
        max: 2048,
        pattern: 'arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
      },
      ...tags,
    ],
    DescribeAutoMLJobV2: [jobName],
    StopAutoMLJob: [jobName],
    ListCandidatesForAutoMLJob: [
      jobName,
      { path: 'StatusEquals', type: 'string', values: statuses },
      { path: 'CandidateNameEquals', type: 'string', min: 1, max: 64 },
      sortOrder,
      {
        path: 'SortBy',
        type: 'string',
        values: ['CreationTime', 'Status', 'FinalObjectiveMetricValue'],
      },
      { path: 'MaxResults', type: 'integer', min: 1, max: 300 },
      nextToken,
    ],
    ListAutoMLJobs: [
      { path: 'NameContains', type: 'string', max: 63, pattern: '[a-zA-Z0-9\\-]+' },
      { path: 'StatusEquals', type: 'string', values: statuses },
      sortOrder,
      { path: 'SortBy', type: 'string', values: ['Name', 'CreationTime', 'Status'] },
      { path: 'MaxResults', type: 'integer', min: 1, max: 100 },
      nextToken,
    ],
  };
}
