import type {
  DescribeHyperParameterTuningJobResponse,
  DescribeTrainingJobResponse,
} from '@aws-sdk/client-sagemaker';
import type { TrainingJobInput, TuningReportInput } from '../../lambda/report/input';
import type { Range } from '../../lambda/report/report-data';
import type { Metric } from '../../lambda/shared/evaluation';
import { pseudoRandom } from '../pseudo-random';
import recorded from './fixtures/default-run.json';

const CREATED = new Date('2026-11-29T12:00:00Z');

/** The default run of local mode, recorded by `fixtures/record.mjs`. As in AWS's JSON, times are in seconds. */
export function defaultRun(): TuningReportInput {
  return { createdAt: CREATED, ...(withDates(recorded) as Omit<TuningReportInput, 'createdAt'>) };
}

function withDates(value: unknown, key = ''): unknown {
  if (typeof value === 'number' && /Time$|^Timestamp$/.test(key)) return new Date(value * 1000);
  if (Array.isArray(value)) return value.map((entry) => withDates(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withDates(entry, name)]));
}

/** The default run with an evaluation of its final model. */
export function evaluatedRun(): TuningReportInput {
  const metric = (value: number, lower: number, upper: number, baseline: number | null): Metric => ({
    value,
    lower,
    upper,
    baseline,
  });
  return {
    ...defaultRun(),
    evaluation: {
      problem: 'Regression',
      rows: 1234,
      metrics: {
        rmse: metric(0.4123456, 0.3912, 0.4334, 1.2345),
        mse: metric(0.17, 0.153, 0.188, 1.524),
        mae: metric(0.31, 0.3, 0.32, 0.9),
        r2: {
          value: null,
          lower: null,
          upper: null,
          baseline: null,
          reason: 'all labels of the test data are equal',
        },
      },
      statistics: 's3://bucket/output/evaluations/search/evaluation.json',
    },
    charts: {
      residuals: [0.05, 0.5, 0.95].map((share) => ({ share, value: share - 0.5 })),
      calibration: Array.from({ length: 10 }, (_, bin) => ({ prediction: bin, label: bin + 0.1, rows: 123 })),
    },
    gate: {
      passed: false,
      reason: 'rmse is 0.412, the gate allows at most 0.3',
      conditions: [
        {
          condition: 'rmse is at most 0.3',
          passed: false,
          value: 0.4123456,
          limit: 0.3,
          reason: 'rmse is 0.412, the gate allows at most 0.3',
        },
        {
          condition: 'rmse is better than the baseline',
          passed: true,
          value: 0.4123456,
          limit: 1.2345,
          reason: 'rmse is 0.412, the baseline has 1.23',
        },
      ],
    },
    modelPackage: {
      arn: 'arn:aws:sagemaker:eu-west-1:123456789012:model-package/prices/3',
      group: 'prices',
      version: 3,
      approvalStatus: 'Rejected',
    },
  };
}

/** The default run with the evaluation of a classification into three classes. */
export function classifiedRun(): TuningReportInput {
  const undefinedMetric = {
    value: null,
    lower: null,
    upper: null,
    baseline: null,
    reason: 'no probabilities',
  };
  return {
    ...defaultRun(),
    evaluation: {
      problem: 'MulticlassClassification',
      rows: 90,
      metrics: {
        log_loss: undefinedMetric,
        accuracy: { value: 0.9, lower: 0.85, upper: 0.95, baseline: 0.4 },
      },
      statistics: 's3://bucket/output/evaluations/search/evaluation.json',
    },
    charts: {
      confusionMatrix: [
        [30, 0, 0],
        [5, 25, 0],
        [2, 2, 26],
      ],
    },
    gate: { passed: true, reason: 'accuracy is 0.9, the baseline has 0.4', conditions: [] },
  };
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
  /** Names of the definitions, which all have the same ranges. */
  readonly definitions?: readonly string[];
  readonly jobs: readonly MadeJob[];
  /** Start time, in hours after 2026-11-29T10:00Z. */
  readonly start?: number;
}

/** A made-up search in the format of SageMaker's responses. */
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

/**
 * A search with the given numbers of jobs and continuous hyperparameters. The first hyperparameter is the most
 * important.
 */
export function largeSearch(
  jobs: number,
  hyperparameters: number,
  more: Partial<MadeSearch> = {},
): TuningReportInput {
  const random = pseudoRandom(1);
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

/** Strings that a page must escape and show as they are. */
export const HOSTILE_TEXTS = [
  '<script>window.hacked = 1</script>',
  '</script><img src=x onerror="window.hacked = 1">',
  '"><svg onload=window.hacked=1>',
  "' onmouseover='window.hacked=1",
  '<!--',
  ']]>',
  '{{constructor.constructor("window.hacked=1")()}}',
  'javascript:window.hacked=1',
  '\u202egnp.exe',
  '\u2028\u2029\u0000\u0007\ud800',
  'NaN',
  '1e-300',
  '-1e308',
  '&amp;&lt;',
  'x'.repeat(2500),
  'عربي',
  '  ',
];

/** A search in which every name that a user can choose is hostile. */
export function hostileSearch(): TuningReportInput {
  const [script = ''] = HOSTILE_TEXTS;
  const ranges: Range[] = [
    { name: `${script}category`, kind: 'Categorical', scaling: 'Linear', values: HOSTILE_TEXTS },
    { name: '__proto__', kind: 'Continuous', scaling: 'Linear', min: -1e308, max: 1e308 },
    { name: 'constructor', kind: 'Continuous', scaling: 'Logarithmic', min: 1e-300, max: 1 },
    { name: 'z'.repeat(2500), kind: 'Integer', scaling: 'Linear', min: 0, max: 5 },
  ];
  return {
    ...madeSearch({
      name: `search${script}`,
      metric: `validation:${script}`,
      ranges,
      definitions: [`one${script}`, HOSTILE_TEXTS[1] ?? ''],
      jobs: [...HOSTILE_TEXTS, ...HOSTILE_TEXTS].map((text, index) => ({
        name: `${text} ${index}`,
        definition: index % 2 ? `one${script}` : (HOSTILE_TEXTS[1] ?? ''),
        ...(index % 5 === 4
          ? { status: 'Failed', failureReason: `${text} ${script}` }
          : { value: 1 / (index + 1) }),
        metrics: { [`train:${script}`]: 1e-300 * index },
        hyperparameters: {
          [`${script}category`]: text,
          ['__proto__']: '0.5',
          constructor: index % 3 ? '1e-300' : 'NaN',
          ['z'.repeat(2500)]: String(index % 6),
        },
      })),
    }),
    learningCurves: [{ job: ` ${script}`, metric: script, unit: 'round', points: [[Number.NaN, 1]] }],
    learningCurvesNotice: script,
    featureImportance: { [script]: [{ feature: script, importance: Number.MIN_VALUE }] },
    evaluation: {
      problem: 'Ranking',
      rows: 1,
      metrics: { ndcg: { value: null, lower: null, upper: null, baseline: null, reason: script } },
      statistics: script,
    },
    charts: { calibration: [0, 1e308].map((value) => ({ prediction: value, label: -value, rows: 1 })) },
    gate: {
      passed: false,
      reason: script,
      conditions: [{ condition: script, passed: false, value: null, limit: null, reason: script }],
    },
    modelPackage: { arn: script, group: script, version: 1, approvalStatus: script },
    links: { job: 'javascript:window.hacked=1', log: 'https://logs/{name}' },
  };
}

/** Unusual searches, keyed by a description. */
export function oddSearches(): Record<string, TuningReportInput> {
  const random = pseudoRandom(11);
  const eta = () => String(0.001 * 1000 ** random());
  const jobs = (count: number, job: (index: number) => MadeJob = () => ({})) =>
    Array.from(
      { length: count },
      (_, index): MadeJob => ({
        value: random(),
        hyperparameters: { eta: eta() },
        ...job(index),
      }),
    );
  const failed: MadeJob = { status: 'Failed', failureReason: 'AlgorithmError: no memory' };
  const withoutValue = ({ value: _value, ...job }: MadeJob): MadeJob => ({ ...job, ...failed });
  const categories: Range[] = [BOOSTER, { ...BOOSTER, name: 'tree_method', values: ['hist', 'exact'] }];
  const grow = (name: string, start: number) =>
    madeSearch({
      name,
      start,
      ranges: [ETA, DEPTH],
      jobs: jobs(6, () => ({ hyperparameters: { eta: eta(), max_depth: '4' } })),
    });
  return {
    'no jobs': madeSearch({ ranges: [ETA], jobs: [] }),
    'one job': madeSearch({ ranges: [ETA, DEPTH], jobs: jobs(1) }),
    'all failed': madeSearch({ ranges: [ETA], status: 'Failed', jobs: jobs(5).map(withoutValue) }),
    'stopped half-way': madeSearch({
      ranges: [ETA],
      status: 'Stopped',
      jobs: jobs(8, (index) => (index > 5 ? { status: 'Stopped' } : {})),
    }),
    'still running': madeSearch({
      ranges: [ETA],
      status: 'InProgress',
      jobs: jobs(8).map(({ value, ...job }, index) =>
        index > 5 ? { ...job, status: 'InProgress' } : { ...job, ...(value !== undefined && { value }) },
      ),
    }),
    'one hyperparameter': madeSearch({ ranges: [ETA], jobs: jobs(25) }),
    'no hyperparameters': madeSearch({ jobs: jobs(5, () => ({ hyperparameters: {} })) }),
    '30 hyperparameters': largeSearch(40, 30),
    'categories only': madeSearch({
      ranges: categories,
      strategy: 'Grid',
      jobs: jobs(24, (index) => ({
        hyperparameters: {
          booster: ['gbtree', 'gblinear', 'dart'][index % 3] ?? '',
          tree_method: index % 2 ? 'hist' : 'exact',
        },
      })),
    }),
    'a constant objective': madeSearch({ ranges: [ETA, DEPTH], jobs: jobs(25, () => ({ value: 0.5 })) }),
    'an objective of zero': madeSearch({ ranges: [ETA], jobs: jobs(25, () => ({ value: 0 })) }),
    'huge values': madeSearch({
      ranges: [ETA],
      jobs: jobs(25, (index) => ({ value: index % 2 ? 1e308 : -1e308 })),
    }),
    'an outlier': madeSearch({
      ranges: [ETA],
      jobs: jobs(25, (index) => (index === 7 ? { value: 1e30 } : {})),
    }),
    hyperband: madeSearch({
      ranges: [ETA],
      strategy: 'Hyperband',
      jobs: jobs(30, (index) => (index % 3 ? { status: 'Stopped' } : {})),
    }),
    'ten definitions': largeSearch(200, 3, {
      definitions: Array.from({ length: 10 }, (_, index) => `algorithm-${index}`),
    }),
    'five parents': withParents(
      grow('child', 0),
      Array.from({ length: 5 }, (_, index) => grow(`parent-${index}`, index - 6)),
    ),
    'a single value in a range': madeSearch({
      ranges: [{ ...ETA, min: 0.1, max: 0.1 }, DEPTH],
      jobs: jobs(25),
    }),
    'ranges that SageMaker chooses': madeSearch({
      ranges: [{ name: 'eta', kind: 'Continuous', scaling: 'Linear' }],
      jobs: jobs(25),
    }),
  };
}

/** A search with a warm start. */
function withParents(search: TuningReportInput, parents: readonly TuningReportInput[]): TuningReportInput {
  return {
    ...search,
    tuningJob: {
      ...search.tuningJob,
      WarmStartConfig: {
        WarmStartType: 'TransferLearning',
        ParentHyperParameterTuningJobs: parents.map(({ tuningJob: { HyperParameterTuningJobName } }) => ({
          HyperParameterTuningJobName,
        })),
      },
    },
    parents,
  };
}
