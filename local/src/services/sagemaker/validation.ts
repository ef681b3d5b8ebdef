import { AwsError } from '../aws-error';
import { automlConstraints } from './automl-constraints';

/** A rule for one member of a request. */
export interface Constraint {
  /** Members joined by dots; `*` stands for each item of a list. */
  readonly path: string;
  readonly type: 'string' | 'integer' | 'list' | 'structure' | 'stringMap';
  readonly required?: true;
  /** Bounds of the number, or of the length of a string, list or map. */
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly values?: readonly string[];
}

/**
 * Checks a request against the service model: required members, types, lengths, patterns.
 *
 * @throws AwsError a ValidationException worded as AWS words it, with every violation
 */
export function validateRequest(operation: string, input: Readonly<Record<string, unknown>>): void {
  const violations = (CONSTRAINTS[operation] ?? []).flatMap((constraint) =>
    check(constraint, constraint.path.split('.'), input, ''),
  );
  if (violations.length > 0) {
    const count = `${violations.length} validation error${violations.length > 1 ? 's' : ''} detected`;
    throw new AwsError('ValidationException', `${count}: ${violations.join('; ')}`);
  }
}

function check(
  constraint: Constraint,
  [member = '', ...rest]: string[],
  value: unknown,
  path: string,
): string[] {
  if (member === '*') {
    return Array.isArray(value)
      ? value.flatMap((item, i) => check(constraint, rest, item, `${path}.${i + 1}.member`))
      : [];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const here = path === '' ? lowerFirst(member) : `${path}.${lowerFirst(member)}`;
  const found = (value as Record<string, unknown>)[member];
  return rest.length > 0 ? check(constraint, rest, found, here) : checkMember(constraint, found, here);
}

function checkMember(constraint: Constraint, value: unknown, path: string): string[] {
  const violation = (rule: string): string =>
    `Value ${value === undefined ? 'null' : `'${typeof value === 'object' ? JSON.stringify(value) : String(value)}'`} at '${path}' failed to satisfy constraint: Member must ${rule}`;
  if (value === undefined || value === null) {
    return constraint.required === true ? [violation('not be null')] : [];
  }
  checkType(constraint.type, value, path);
  const size = sizeOf(value);
  const unit = typeof value === 'number' ? 'value' : 'length';
  return [
    ...(constraint.min !== undefined && size < constraint.min
      ? [violation(`have ${unit} greater than or equal to ${constraint.min}`)]
      : []),
    ...(constraint.max !== undefined && size > constraint.max
      ? [violation(`have ${unit} less than or equal to ${constraint.max}`)]
      : []),
    ...(constraint.pattern !== undefined && !new RegExp(`^(?:${constraint.pattern})$`).test(String(value))
      ? [violation(`satisfy regular expression pattern: ${constraint.pattern}`)]
      : []),
    ...(constraint.values !== undefined && !constraint.values.includes(String(value))
      ? [violation(`satisfy enum value set: [${constraint.values.join(', ')}]`)]
      : []),
  ];
}

function checkType(type: Constraint['type'], value: unknown, path: string): void {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
  const fits = {
    string: typeof value === 'string',
    integer: Number.isInteger(value),
    list: Array.isArray(value),
    structure: isMap,
    stringMap: isMap && Object.values(value as object).every((item) => typeof item === 'string'),
  }[type];
  if (!fits) {
    const expected = type === 'stringMap' ? 'a map of strings to strings' : `a value of type ${type}`;
    throw new AwsError(
      'SerializationException',
      `'${path}': expected ${expected}, got ${JSON.stringify(value)}`,
    );
  }
}

function sizeOf(value: unknown): number {
  if (typeof value === 'number') {
    return value;
  }
  return typeof value === 'string' || Array.isArray(value)
    ? value.length
    : Object.keys(value as object).length;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const tuningJobName = (required?: true): Constraint => ({
  path: 'HyperParameterTuningJobName',
  type: 'string',
  ...(required && { required }),
  min: 1,
  max: 32,
  pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}',
});

const trainingJobName: Constraint = {
  path: 'TrainingJobName',
  type: 'string',
  required: true,
  min: 1,
  max: 63,
  pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}',
};

const tags: readonly Constraint[] = [
  { path: 'Tags', type: 'list', max: 50 },
  { path: 'Tags.*.Key', type: 'string', required: true, min: 1, max: 128 },
  { path: 'Tags.*.Value', type: 'string', required: true, max: 256 },
];

/** Rules of a training definition; `prefix` is where it stands, with a dot at its end. */
function trainingDefinition(prefix: string): Constraint[] {
  const rules: Constraint[] = [
    { path: 'AlgorithmSpecification', type: 'structure', required: true },
    { path: 'AlgorithmSpecification.TrainingImage', type: 'string', max: 255 },
    {
      path: 'AlgorithmSpecification.TrainingInputMode',
      type: 'string',
      required: true,
      values: ['Pipe', 'File', 'FastFile'],
    },
    { path: 'AlgorithmSpecification.MetricDefinitions', type: 'list', max: 40 },
    {
      path: 'AlgorithmSpecification.MetricDefinitions.*.Name',
      type: 'string',
      required: true,
      min: 1,
      max: 255,
    },
    {
      path: 'AlgorithmSpecification.MetricDefinitions.*.Regex',
      type: 'string',
      required: true,
      min: 1,
      max: 500,
    },
    {
      path: 'RoleArn',
      type: 'string',
      required: true,
      min: 20,
      max: 2048,
      pattern: 'arn:aws[a-z\\-]*:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
    },
    { path: 'InputDataConfig', type: 'list', min: 1, max: 20 },
    {
      path: 'InputDataConfig.*.ChannelName',
      type: 'string',
      required: true,
      min: 1,
      max: 64,
      pattern: '[A-Za-z0-9\\.\\-_]+',
    },
    { path: 'InputDataConfig.*.DataSource', type: 'structure', required: true },
    { path: 'InputDataConfig.*.CompressionType', type: 'string', values: ['None', 'Gzip'] },
    { path: 'InputDataConfig.*.RecordWrapperType', type: 'string', values: ['None', 'RecordIO'] },
    { path: 'InputDataConfig.*.InputMode', type: 'string', values: ['Pipe', 'File', 'FastFile'] },
    { path: 'InputDataConfig.*.ShuffleConfig.Seed', type: 'integer', required: true },
    {
      path: 'InputDataConfig.*.DataSource.S3DataSource.S3DataDistributionType',
      type: 'string',
      values: ['FullyReplicated', 'ShardedByS3Key'],
    },
    { path: 'InputDataConfig.*.DataSource.S3DataSource.InstanceGroupNames', type: 'list', max: 5 },
    {
      path: 'InputDataConfig.*.DataSource.FileSystemDataSource.FileSystemId',
      type: 'string',
      required: true,
      min: 11,
    },
    {
      path: 'InputDataConfig.*.DataSource.FileSystemDataSource.FileSystemAccessMode',
      type: 'string',
      required: true,
      values: ['rw', 'ro'],
    },
    {
      path: 'InputDataConfig.*.DataSource.FileSystemDataSource.FileSystemType',
      type: 'string',
      required: true,
      values: ['EFS', 'FSxLustre'],
    },
    {
      path: 'InputDataConfig.*.DataSource.FileSystemDataSource.DirectoryPath',
      type: 'string',
      required: true,
      max: 4096,
    },
    {
      path: 'InputDataConfig.*.DataSource.S3DataSource.S3DataType',
      type: 'string',
      required: true,
      values: ['ManifestFile', 'S3Prefix', 'AugmentedManifestFile', 'Converse'],
    },
    {
      path: 'InputDataConfig.*.DataSource.S3DataSource.S3Uri',
      type: 'string',
      required: true,
      max: 1024,
      pattern: '(https|s3)://([^/]+)/?(.*)',
    },
    { path: 'OutputDataConfig', type: 'structure', required: true },
    {
      path: 'OutputDataConfig.S3OutputPath',
      type: 'string',
      required: true,
      max: 1024,
      pattern: '(https|s3)://([^/]+)/?(.*)',
    },
    { path: 'OutputDataConfig.CompressionType', type: 'string', values: ['GZIP', 'NONE'] },
    { path: 'ResourceConfig.InstanceCount', type: 'integer', min: 0 },
    { path: 'ResourceConfig.InstanceGroups', type: 'list', max: 5 },
    {
      path: 'ResourceConfig.InstanceGroups.*.InstanceGroupName',
      type: 'string',
      required: true,
      min: 1,
      max: 64,
    },
    { path: 'ResourceConfig.InstanceGroups.*.InstanceType', type: 'string', required: true },
    { path: 'ResourceConfig.InstanceGroups.*.InstanceCount', type: 'integer', required: true, min: 0 },
    {
      path: 'CheckpointConfig.S3Uri',
      type: 'string',
      required: true,
      max: 1024,
      pattern: '(https|s3)://([^/]+)/?(.*)',
    },
    { path: 'CheckpointConfig.LocalPath', type: 'string', max: 4096 },
    { path: 'StoppingCondition', type: 'structure', required: true },
    { path: 'StoppingCondition.MaxRuntimeInSeconds', type: 'integer', min: 1 },
  ];
  return rules.map((rule) => ({ ...rule, path: `${prefix}${rule.path}` }));
}

function parameterRanges(prefix: string): Constraint[] {
  const numeric = ['IntegerParameterRanges', 'ContinuousParameterRanges'].flatMap((list): Constraint[] => [
    { path: `${prefix}${list}`, type: 'list', max: 30 },
    { path: `${prefix}${list}.*.Name`, type: 'string', required: true, max: 256 },
    { path: `${prefix}${list}.*.MinValue`, type: 'string', required: true, max: 256 },
    { path: `${prefix}${list}.*.MaxValue`, type: 'string', required: true, max: 256 },
    {
      path: `${prefix}${list}.*.ScalingType`,
      type: 'string',
      values: ['Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic'],
    },
  ]);
  const categorical = `${prefix}CategoricalParameterRanges`;
  return [
    ...numeric,
    { path: categorical, type: 'list', max: 30 },
    { path: `${categorical}.*.Name`, type: 'string', required: true, max: 256 },
    { path: `${categorical}.*.Values`, type: 'list', required: true, min: 1, max: 30 },
  ];
}

/** Rules of a training definition in a tuning job. */
function tuningDefinition(prefix: string): Constraint[] {
  const configs = `${prefix}HyperParameterTuningResourceConfig.InstanceConfigs`;
  return [
    ...trainingDefinition(prefix),
    {
      path: `${prefix}DefinitionName`,
      type: 'string',
      min: 1,
      max: 64,
      pattern: '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,63}',
    },
    ...objective(`${prefix}TuningObjective.`),
    ...parameterRanges(`${prefix}HyperParameterRanges.`),
    { path: `${prefix}StaticHyperParameters`, type: 'stringMap', max: 100 },
    { path: `${prefix}Environment`, type: 'stringMap', max: 48 },
    { path: `${prefix}HyperParameterTuningResourceConfig.InstanceCount`, type: 'integer', min: 0 },
    { path: configs, type: 'list', min: 1, max: 6 },
    { path: `${configs}.*.InstanceType`, type: 'string', required: true },
    { path: `${configs}.*.InstanceCount`, type: 'integer', required: true, min: 0 },
    { path: `${configs}.*.VolumeSizeInGB`, type: 'integer', required: true, min: 1 },
  ];
}

function objective(prefix: string): Constraint[] {
  return [
    { path: `${prefix}Type`, type: 'string', required: true, values: ['Minimize', 'Maximize'] },
    { path: `${prefix}MetricName`, type: 'string', required: true, min: 1, max: 255 },
  ];
}

const JOB_STATUSES = ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'];

/** Rules of what every list takes. */
function listing(sortBy: readonly string[]): Constraint[] {
  return [
    { path: 'MaxResults', type: 'integer', min: 1, max: 100 },
    { path: 'NameContains', type: 'string', max: 63, pattern: '[a-zA-Z0-9\\-]+' },
    { path: 'SortBy', type: 'string', values: sortBy },
    { path: 'SortOrder', type: 'string', values: ['Ascending', 'Descending'] },
  ];
}

/** The part of the service model that is checked so far, by operation. */
const CONSTRAINTS: Readonly<Record<string, readonly Constraint[]>> = {
  CreateTrainingJob: [
    trainingJobName,
    ...trainingDefinition(''),
    { path: 'HyperParameters', type: 'stringMap', max: 100 },
    { path: 'Environment', type: 'stringMap', max: 100 },
    ...tags,
  ],
  DescribeTrainingJob: [trainingJobName],
  StopTrainingJob: [trainingJobName],
  CreateHyperParameterTuningJob: [
    tuningJobName(true),
    { path: 'HyperParameterTuningJobConfig', type: 'structure', required: true },
    {
      path: 'HyperParameterTuningJobConfig.Strategy',
      type: 'string',
      required: true,
      values: ['Bayesian', 'Random', 'Hyperband', 'Grid'],
    },
    ...objective('HyperParameterTuningJobConfig.HyperParameterTuningJobObjective.'),
    { path: 'HyperParameterTuningJobConfig.ResourceLimits', type: 'structure', required: true },
    {
      path: 'HyperParameterTuningJobConfig.ResourceLimits.MaxParallelTrainingJobs',
      type: 'integer',
      required: true,
      min: 1,
    },
    { path: 'HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs', type: 'integer', min: 1 },
    {
      path: 'HyperParameterTuningJobConfig.ResourceLimits.MaxRuntimeInSeconds',
      type: 'integer',
      min: 120,
      max: 15_768_000,
    },
    {
      path: 'HyperParameterTuningJobConfig.TrainingJobEarlyStoppingType',
      type: 'string',
      values: ['Off', 'Auto'],
    },
    { path: 'HyperParameterTuningJobConfig.RandomSeed', type: 'integer', min: 0 },
    ...parameterRanges('HyperParameterTuningJobConfig.ParameterRanges.'),
    ...tuningDefinition('TrainingJobDefinition.'),
    { path: 'TrainingJobDefinitions', type: 'list', min: 1, max: 10 },
    ...tuningDefinition('TrainingJobDefinitions.*.'),
    { path: 'WarmStartConfig.ParentHyperParameterTuningJobs', type: 'list', required: true, min: 1, max: 5 },
    {
      path: 'WarmStartConfig.WarmStartType',
      type: 'string',
      required: true,
      values: ['IdenticalDataAndAlgorithm', 'TransferLearning'],
    },
    ...tags,
  ],
  DescribeHyperParameterTuningJob: [tuningJobName(true)],
  StopHyperParameterTuningJob: [tuningJobName(true)],
  ListTrainingJobsForHyperParameterTuningJob: [
    tuningJobName(true),
    ...listing(['Name', 'CreationTime', 'Status', 'FinalObjectiveMetricValue']),
    { path: 'StatusEquals', type: 'string', values: JOB_STATUSES },
  ],
  ListTrainingJobs: [
    ...listing(['Name', 'CreationTime', 'Status']),
    { path: 'StatusEquals', type: 'string', values: JOB_STATUSES },
  ],
  ListHyperParameterTuningJobs: [
    ...listing(['Name', 'Status', 'CreationTime']),
    { path: 'StatusEquals', type: 'string', values: [...JOB_STATUSES, 'Deleting', 'DeleteFailed'] },
  ],
  ...automlConstraints(tags),
  ListTags: [
    { path: 'ResourceArn', type: 'string', required: true, max: 256 },
    { path: 'MaxResults', type: 'integer', min: 50 },
  ],
  AddTags: [{ path: 'ResourceArn', type: 'string', required: true, max: 256 }, ...tags],
};
