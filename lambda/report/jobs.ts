import type { DescribeTrainingJobResponse, TrainingJob } from '@aws-sdk/client-sagemaker';
import { defined } from '../shared/defined';
import type { TrainingJobInput } from './input';
import type { Definition, Job } from './report-data';

/** Name of the metric to which SageMaker copies the objective of a tuning job's training jobs. */
const OBJECTIVE_METRIC = 'ObjectiveMetric';

/** Statuses of training jobs that have ended. */
const ENDED: readonly string[] = ['Completed', 'Failed', 'Stopped'];

/** The training jobs of tuning jobs in the form that the report uses, numbered in order of creation. */
export function jobsOf(
  searches: readonly { definitions: readonly Definition[]; trainingJobs: readonly TrainingJobInput[] }[],
): Job[] {
  const jobs = searches.flatMap(({ definitions, trainingJobs }) =>
    trainingJobs.map((trainingJob) => jobOf(trainingJob, definitions)),
  );
  return numbered(jobs);
}

/** Numbers jobs in order of creation. Jobs without a creation time come last. */
export function numbered(jobs: readonly Omit<Job, 'number'>[]): Job[] {
  return [...jobs]
    .sort(
      (one, other) =>
        compareText(one.createdAt ?? '~', other.createdAt ?? '~') || compareText(one.name, other.name),
    )
    .map((job, index) => ({ number: index + 1, ...job }));
}

function jobOf(
  { summary, description }: TrainingJobInput,
  definitions: readonly Definition[],
): Omit<Job, 'number'> {
  const definition =
    definitions.find(({ name }) => name !== undefined && name === summary?.TrainingJobDefinitionName) ??
    definitions[0];
  const metric = definition?.objective?.metric;
  const reported = finalMetrics(description?.FinalMetricDataList);
  const value =
    finite(summary?.FinalHyperParameterTuningJobObjectiveMetric?.Value) ??
    reported[OBJECTIVE_METRIC] ??
    (metric === undefined ? undefined : reported[metric]);
  const { [OBJECTIVE_METRIC]: _objective, ...metrics } = reported;
  if (metric !== undefined && value !== undefined) metrics[metric] ??= value;
  return {
    name: summary?.TrainingJobName ?? description?.TrainingJobName ?? '',
    status: summary?.TrainingJobStatus ?? description?.TrainingJobStatus ?? 'Unknown',
    search: definitions[0]?.search ?? '',
    hyperparameters: summary?.TunedHyperParameters ?? tuned(description?.HyperParameters, definition),
    metrics,
    ...defined({
      definition: definition?.name,
      value,
      createdAt: isoTime(summary?.CreationTime ?? description?.CreationTime),
      startedAt: isoTime(summary?.TrainingStartTime ?? description?.TrainingStartTime),
      endedAt: isoTime(summary?.TrainingEndTime ?? description?.TrainingEndTime),
      ...billedInstances(description),
      failureReason: summary?.FailureReason || description?.FailureReason || undefined,
    }),
  };
}

/**
 * The instances of a training job and the time that SageMaker bills for each of them. A field is missing if its value
 * is unknown. SageMaker bills from the start to the end of a job, so a job that ended without having started costs
 * nothing.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTrainingJob.html (TrainingStartTime)
 */
export function billedInstances(
  description: Partial<DescribeTrainingJobResponse> | TrainingJob | undefined,
): Pick<Job, 'instanceType' | 'instanceCount' | 'billableSeconds'> {
  if (description === undefined) return {};
  const { ResourceConfig, TrainingJobStatus: status = '', TrainingStartTime: start } = description;
  const { InstanceGroups: groups = [], InstanceType, InstanceCount } = ResourceConfig ?? {};
  const types = new Set(groups.map((group) => group.InstanceType));
  const counts = groups.map((group) => group.InstanceCount ?? 0);
  return defined({
    instanceType: groups.length > 0 ? [...types].join(' + ') : InstanceType,
    instanceCount: groups.length > 0 ? counts.reduce((sum, count) => sum + count, 0) : InstanceCount,
    billableSeconds: description.BillableTimeInSeconds ?? (!start && ENDED.includes(status) ? 0 : undefined),
  });
}

function tuned(
  hyperparameters: Readonly<Record<string, string>> | undefined,
  definition: Definition | undefined,
): Record<string, string> {
  const names = new Set(definition?.ranges.map(({ name }) => name));
  return Object.fromEntries(Object.entries(hyperparameters ?? {}).filter(([name]) => names.has(name)));
}

/** The final metrics, without NaN and infinite values, which JSON does not support. */
export function finalMetrics(
  metrics: readonly { MetricName?: string | undefined; Value?: number | undefined }[] | undefined,
): Record<string, number> {
  return Object.fromEntries(
    (metrics ?? []).flatMap(({ MetricName, Value }) =>
      MetricName !== undefined && finite(Value) !== undefined ? [[MetricName, Value as number]] : [],
    ),
  );
}

export function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

export function isoTime(time: Date | undefined): string | undefined {
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
