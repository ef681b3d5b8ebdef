import type {
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { TrainingJobInput, TuningReportInput } from '../../lambda/report/input';
import type { Range } from '../../lambda/report/report-data';
import recorded from './fixtures/default-run.json';

const CREATED = new Date('2026-11-29T12:00:00Z');

/** The default run of local mode, as `fixtures/record.mjs` recorded it: AWS's JSON has times in seconds. */
export function defaultRun(): TuningReportInput {
  return { createdAt: CREATED, ...(withDates(recorded) as Omit<TuningReportInput, 'createdAt'>) };
}

function withDates(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && /Time$|^Timestamp$/.test(key)) return new Date(value * 1000);
  if (Array.isArray(value)) return value.map((entry) => withDates(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withDates(entry, name)]));
}

/** A job of a made-up search. */
export interface MadeJob {
  readonly value?: number;
  readonly status?: string;
  readonly hyperparameters?: Readonly<Record<string, string>>;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly failureReason?: string;
  readonly definition?: string;
  readonly name?: string;
  readonly billableSeconds?: number;
}

export interface MadeSearch {
  readonly name?: string;
  readonly type?: 'Minimize' | 'Maximize';
  readonly metric?: string;
  readonly status?: string;
  readonly strategy?: 'Bayesian' | 'Random' | 'Grid' | 'Hyperband';
  readonly ranges?: readonly Range[];
  /** Names of definitions, each with the same ranges. */
  readonly definitions?: readonly string[];
  readonly jobs: readonly MadeJob[];
  /** Hours after 2026-11-29T10:00Z at which it starts. */
  readonly start?: number;
}

/** A made-up search in the shapes of SageMaker's responses. */
export function madeSearch(search: MadeSearch): TuningReportInput {
  const { name = 'search', type = 'Minimize', metric = 'validation:rmse', definitions = [] } = search;
  const start = Date.parse('2026-11-29T10:00:00Z') + (search.start ?? 0) * 3_600_000;
  const objective = { MetricName: metric, Type: type };
  const definition = {
    AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' as const },
    StaticHyperParameters: { objective: 'reg:squarederror' },
    RoleArn: 'role',
    OutputDataConfig: { S3OutputPath: 's3://bucket/output' },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
  };
  const tuningJob = {
    HyperParameterTuningJobName: name,
    HyperParameterTuningJobArn: `arn:aws:sagemaker:us-east-1:123456789012:hyper-parameter-tuning-job/${name}`,
    HyperParameterTuningJobStatus: search.status ?? 'Completed',
    CreationTime: new Date(start),
    HyperParameterTuningEndTime: new Date(start + search.jobs.length * 30_000),
    HyperParameterTuningJobConfig: {
      Strategy: search.strategy ?? 'Bayesian',
      HyperParameterTuningJobObjective: objective,
      ResourceLimits: { MaxNumberOfTrainingJobs: search.jobs.length, MaxParallelTrainingJobs: 2 },
      ParameterRanges: parameterRanges(search.ranges ?? []),
    },
    ...(definitions.length > 0
      ? {
          TrainingJobDefinitions: definitions.map((DefinitionName) => ({
            ...definition,
            DefinitionName,
            TuningObjective: objective,
            HyperParameterRanges: parameterRanges(search.ranges ?? []),
          })),
        }
      : { TrainingJobDefinition: definition }),
  } as unknown as DescribeHyperParameterTuningJobResponse;
  return {
    createdAt: CREATED,
    tuningJob,
    trainingJobs: search.jobs.map((job, index) => trainingJob(job, index, name, metric, start)),
  };
}

function trainingJob(
  job: MadeJob,
  index: number,
  search: string,
  metric: string,
  start: number,
): TrainingJobInput {
  const name = job.name ?? `${search}-${String(index + 1).padStart(3, '0')}`;
  const metrics: Record<string, number> = {
    ...(job.value !== undefined && { [metric]: job.value, ObjectiveMetric: job.value }),
    ...job.metrics,
  };
  const status = job.status ?? 'Completed';
  const begin = start + Math.floor(index / 2) * 60_000 + index;
  return {
    summary: {
      TrainingJobName: name,
      TrainingJobArn: 'arn',
      TrainingJobStatus: status as 'Completed',
      CreationTime: new Date(begin),
      TrainingStartTime: new Date(begin + 5_000),
      TrainingEndTime: new Date(begin + 50_000),
      TunedHyperParameters: { ...job.hyperparameters },
      ...(job.definition && { TrainingJobDefinitionName: job.definition }),
      ...(job.failureReason && { FailureReason: job.failureReason }),
    },
    description: {
      TrainingJobName: name,
      TrainingJobStatus: status,
      ResourceConfig: { InstanceType: 'ml.m5.xlarge', InstanceCount: 2, VolumeSizeInGB: 30 },
      BillableTimeInSeconds: job.billableSeconds ?? 45,
      FinalMetricDataList: Object.entries(metrics).map(([MetricName, Value]) => ({ MetricName, Value })),
    } as DescribeTrainingJobResponse,
  };
}

function parameterRanges(ranges: readonly Range[]) {
  const limits = (kind: Range['kind']) =>
    ranges
      .filter((range) => range.kind === kind)
      .map(({ name, min, max, scaling }) => ({
        Name: name,
        MinValue: String(min),
        MaxValue: String(max),
        ScalingType: scaling,
      }));
  return {
    IntegerParameterRanges: limits('Integer'),
    ContinuousParameterRanges: limits('Continuous'),
    CategoricalParameterRanges: ranges
      .filter(({ kind }) => kind === 'Categorical')
      .map(({ name, values = [] }) => ({ Name: name, Values: [...values] })),
  };
}

export const ETA: Range = { name: 'eta', kind: 'Continuous', scaling: 'Logarithmic', min: 0.001, max: 1 };
export const DEPTH: Range = { name: 'max_depth', kind: 'Integer', scaling: 'Linear', min: 2, max: 12 };
export const BOOSTER: Range = {
  name: 'booster',
  kind: 'Categorical',
  scaling: 'Linear',
  values: ['gbtree', 'gblinear', 'dart'],
};

/** The same numbers from 0 to 1 in each run. */
export function randomNumbers(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** A search of so many jobs over so many continuous hyperparameters, of which the first matters most. */
export function largeSearch(
  jobs: number,
  hyperparameters: number,
  more: Partial<MadeSearch> = {},
): TuningReportInput {
  const random = randomNumbers();
  const ranges = Array.from(
    { length: hyperparameters },
    (_, index): Range => ({
      name: `hyperparameter_${index + 1}`,
      kind: 'Continuous',
      scaling: index % 2 ? 'Logarithmic' : 'Linear',
      min: 0.001,
      max: 1,
    }),
  );
  const definitions = more.definitions ?? [];
  return madeSearch({
    name: 'a-search-with-a-long-name-000001',
    ranges,
    jobs: Array.from({ length: jobs }, (_, index): MadeJob => {
      const texts = ranges.map(({ name }) => [name, String(0.001 + 0.999 * random())] as const);
      const first = Number(texts[0]?.[1] ?? 0);
      const value = 0.3 + (first - 0.4) ** 2 + 0.05 * random();
      const isFailed = index % 40 === 17;
      const definition = definitions[index % Math.max(1, definitions.length)];
      return {
        hyperparameters: Object.fromEntries(texts),
        ...(definition && { definition }),
        ...(isFailed
          ? { status: 'Failed', failureReason: 'AlgorithmError: out of memory, exit code: 137' }
          : {
              value,
              status: index % 25 === 3 ? 'Stopped' : 'Completed',
              metrics: { 'train:rmse': value - 0.1 },
            }),
      };
    }),
    ...more,
  });
}
