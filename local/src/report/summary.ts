import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bucketsFolder, type Deployment } from '../assembly';
import { commonReasons, isErrorInLog } from '../failure-reasons/common-reasons';
import { endOfLog } from '../local-folder/log-files';
import type {
  AutoMLJobRecord,
  JobRecord,
  JobStore,
  Jobs,
  TrainingJobRecord,
  TrainingJobSummary,
  TransformJobRecord,
  TuningJobDescription,
  TuningJobRecord,
} from '../services';
import {
  bestTrainingJob,
  definitionNamed,
  describeTuningJob,
  OBJECTIVE_METRIC,
  summarizeTrainingJobs,
} from '../services';
import type { MapPlace } from '../states';
import { steadyNow } from '../steady-clock';
import { renderAutoMLJob } from './automl-jobs';
import { colors } from './colors';
import { isCrossValidation } from './cross-validation';
import { continuedTuningJobs, earlierTuningJobs } from './earlier-tuning-jobs';
import { evaluationRows, modelPackageRows } from './evaluation-rows';
import { formatMetric, formatPath, formatSeconds } from './format';
import { algorithmHyperparameters } from './hyperparameters';
import { reportedMetrics } from './job-metrics';
import { placeOf, renderPlace } from './job-place';
import { UNLIMITED } from './screen';
import { failedJobs, renderObjective } from './training-job-text';

type Root = Pick<Deployment, 'root'>;

type Row = readonly [label: string, value: string];

/** Maximum number of failure reasons shown for a tuning job, most common first. */
const MOST_REASONS = 3;

/** Summarizes the jobs of this process as the SageMaker console would, except jobs of Map items. */
export function summarizeJobs(jobs: Jobs, deployment: Root): string {
  const tuning = shownOf(jobs.tuning);
  const continued = continuedTuningJobs(jobs, tuning);
  const training = shownOf(jobs.training);
  return [
    ...tuning
      .filter((record) => !continued.has(record.name))
      .flatMap((record) => tuningJobSections(jobs, record, deployment, earlierTuningJobs(jobs, record))),
    ...shownOf(jobs.automl).map((record) => automlSection(record, deployment)),
    ...training.map((record) => section(titleOf(record, tuning), trainingJobRows(record, deployment))),
    ...shownOf(jobs.transform).map((record) => transformSection(record, deployment)),
    ...shownOf(jobs.modelPackages).map((record) => section('Model package', modelPackageRows(record))),
  ].join('\n');
}

/** The jobs of this process that belong neither to a tuning job nor to an item. */
function shownOf<R extends JobRecord>(jobs: JobStore<R>): R[] {
  const shown: R[] = [];
  for (const record of jobs.alone()) {
    if (jobs.isOwn(record.name) && record.createdBy?.place === undefined) shown.push(record);
  }
  return shown;
}

/** Summarizes one job. @returns undefined when there is no such job */
export function summarizeJob(jobs: Jobs, name: string, deployment: Root): string | undefined {
  const tuning = jobs.tuning.get(name);
  if (tuning) return tuningJobSections(jobs, tuning, deployment).join('\n');
  const training = jobs.training.get(name);
  if (training) {
    const rows = [...itemRow(placeOf(jobs, training)), ...trainingJobRows(training, deployment)];
    return section('Training job', rows);
  }
  const automl = jobs.automl.get(name);
  if (automl) return automlSection(automl, deployment);
  const transform = jobs.transform.get(name);
  return transform && transformSection(transform, deployment);
}

/** Assumes that a standalone training job after a search is the final training job. */
function titleOf({ description }: TrainingJobRecord, tuning: readonly TuningJobRecord[]): string {
  const follows = tuning.some(
    (job) => (job.description.HyperParameterTuningEndTime ?? Infinity) <= description.CreationTime,
  );
  if (!follows) return 'Training job';
  return isCrossValidation(description.TrainingJobName) ? 'Cross-validation job' : 'Final training job';
}

/** @param earlier tuning jobs of the same search, which are summarized together with this one */
function tuningJobSections(
  jobs: Jobs,
  record: TuningJobRecord,
  deployment: Root,
  earlier: readonly TuningJobRecord[] = [],
): string[] {
  const job = describeTuningJob(jobs, record);
  const all = [...earlier.map((each) => describeTuningJob(jobs, each)), job];
  const trainingJobs = all.flatMap((each) => summarizeTrainingJobs(jobs, each));
  const { pausedSeconds = 0 } = record;
  const seconds =
    (job.HyperParameterTuningEndTime ?? job.LastModifiedTime) - job.CreationTime - pausedSeconds;
  const rows: Row[] = [
    ['Name', job.HyperParameterTuningJobName],
    ...itemRow(record.createdBy?.place),
    ['Status', `${job.HyperParameterTuningJobStatus} in ${formatSeconds(seconds)}`],
    ...(earlier.length > 0 ? [['Earlier', earlier.map(({ name }) => name).join(', ')] as const] : []),
    ...(earlier.length > 0 ? [] : searchRow(jobs, record)),
    ['Training jobs', countsOf(all)],
    ...definitionRows(job, trainingJobs),
    ...failureRow(job.FailureReason),
    ...noMetricRow(jobs, job, trainingJobs),
    ...metricNoteRows(
      trainingJobs.flatMap(({ TrainingJobName }) => jobs.training.get(TrainingJobName) ?? []),
    ),
    ...commonReasons(failedJobs(trainingJobs))
      .slice(0, MOST_REASONS)
      .map(
        ({ reason, example, count }): Row => [
          count > 1 ? `${count} failed` : 'Failed',
          `${example}: ${withLog(reason, example, deployment)}`,
        ],
      ),
  ];
  const bestSummary = earlier.length > 0 ? bestTrainingJob(trainingJobs) : job.BestTrainingJob;
  const best = bestSummary && jobs.training.get(bestSummary.TrainingJobName);
  return [
    section('Tuning job', rows),
    ...(best ? [section('Best training job', trainingJobRows(best, deployment))] : []),
  ];
}

/** The position of a tuning job in a search of several tuning jobs, and the best training job of the search so far. */
function searchRow(jobs: Jobs, record: TuningJobRecord): Row[] {
  const earlier = earlierTuningJobs(jobs, record);
  if (earlier.length === 0) return [];
  const best = bestTrainingJob(
    [...earlier, record].flatMap(({ description }) => summarizeTrainingJobs(jobs, description)),
  );
  const bestText = best ? `; best of all so far: ${best.TrainingJobName}, ${renderObjective(best)}` : '';
  return [['Search', `tuning job ${earlier.length + 1}${bestText}`]];
}

/** Numbers of training jobs by status. */
function countsOf(tuningJobs: readonly TuningJobDescription[]): string {
  const sum = (count: (counters: TuningJobDescription['TrainingJobStatusCounters']) => number) =>
    tuningJobs.reduce((total, { TrainingJobStatusCounters: counters }) => total + count(counters), 0);
  const failed = sum(({ RetryableError, NonRetryableError }) => RetryableError + NonRetryableError);
  return `${sum(({ Completed }) => Completed)} completed, ${sum(({ Stopped }) => Stopped)} stopped, ${failed} failed`;
}

function automlSection(record: AutoMLJobRecord, deployment: Root): string {
  const { description } = record;
  const { BestCandidate: best, FailureReason, ResolvedAttributes: resolved } = description;
  const problemType = resolved?.AutoMLProblemTypeResolvedAttributes.TabularResolvedAttributes.ProblemType;
  const model = best?.InferenceContainers?.[0]?.ModelDataUrl;
  const metrics = best?.CandidateProperties?.CandidateMetrics ?? [];
  const rows: Row[] = [
    ...itemRow(record.createdBy?.place),
    ['Target', description.AutoMLProblemTypeConfig.TabularJobConfig?.TargetAttributeName ?? ''],
    ...(problemType === undefined ? [] : [['Problem type', problemType] as const]),
    ...failureRow(FailureReason),
    ...metrics.map(
      ({ Set: set, StandardMetricName: name, Value }): Row => [`${set}:${name}`, formatMetric(Value)],
    ),
    ...(model === undefined ? [] : [['Model', formatPath(localPath(model, deployment))] as const]),
  ];
  const head = renderAutoMLJob(record, { ...UNLIMITED, now: steadyNow() / 1000 }).join('\n');
  return `${head}\n${section(best ? 'Best candidate' : 'Data', rows)}`;
}

function transformSection({ name, description, createdBy }: TransformJobRecord, deployment: Root): string {
  const { TransformEndTime: end, TransformStartTime: start, TransformOutput: output } = description;
  const took = start === undefined || end === undefined ? '' : ` in ${formatSeconds(end - start)}`;
  const folder = localPath(output.S3OutputPath, deployment);
  const evaluation = evaluationRows(folder);
  const job = section('Transform job', [
    ['Name', name],
    ...itemRow(createdBy?.place),
    ['Status', `${description.TransformJobStatus}${took}`],
    ['Model', description.ModelName],
    ...failureRow(description.FailureReason),
    ['Output', formatPath(folder)],
  ]);
  return evaluation.length === 0 ? job : `${job}\n${section('Evaluation on test data', evaluation)}`;
}

/** The result of each definition, if there are several. */
function definitionRows(
  { TrainingJobDefinitions: definitions = [] }: TuningJobDescription,
  trainingJobs: readonly TrainingJobSummary[],
): Row[] {
  return definitions.map(({ DefinitionName: name }, i) => {
    const own = trainingJobs.filter((job) => job.TrainingJobDefinitionName === name);
    const best = bestTrainingJob(own)?.FinalHyperParameterTuningJobObjectiveMetric;
    const value = best ? `, best ${best.MetricName} ${formatMetric(best.Value)}` : '';
    return [i === 0 ? 'Definitions' : '', `${name}: ${own.length} training jobs${value}`];
  });
}

/** Explains that training jobs completed but their logs contain no objective metric. */
function noMetricRow(
  jobs: Jobs,
  job: TuningJobDescription,
  trainingJobs: readonly TrainingJobSummary[],
): Row[] {
  const silent = trainingJobs.filter(
    ({ TrainingJobStatus, ObjectiveStatus }) =>
      TrainingJobStatus === 'Completed' && ObjectiveStatus === 'Failed',
  );
  const [first] = silent;
  if (first === undefined) return [];
  const { definition, objective } = definitionNamed(job, first.TrainingJobDefinitionName) ?? {};
  const regex = definition?.AlgorithmSpecification.MetricDefinitions?.find(
    ({ Name }) => Name === objective?.MetricName,
  )?.Regex;
  const name = objective?.MetricName ?? '';
  const isNoted = jobs.training.get(first.TrainingJobName)?.metricNotes?.[name] !== undefined;
  const log = `${first.TrainingJobName}.log`;
  const reason = isNoted ? `see below, and ${log}` : `no line of their logs (${log}) matches ${regex}`;
  return [['No metric', `${silent.length} completed without ${name}: ${reason}`]];
}

/** Notes about the metrics of training jobs, one per metric. */
function metricNoteRows(records: readonly TrainingJobRecord[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { description, metricNotes = {} } of records) {
    const { MetricDefinitions = [] } = description.AlgorithmSpecification;
    for (const [name, note] of Object.entries(metricNotes)) {
      const regex = MetricDefinitions.find(({ Name }) => Name === name)?.Regex;
      // The objective metric is omitted, because it duplicates another metric.
      if (name !== OBJECTIVE_METRIC && !rows.has(name))
        rows.set(name, [`Metric ${name}`, `${regex}: ${note}`]);
    }
  }
  return [...rows.values()];
}

function trainingJobRows(record: TrainingJobRecord, deployment: Root): Row[] {
  const { description, definitionName } = record;
  const { FailureReason, ModelArtifacts } = description;
  const model = localPath(ModelArtifacts.S3ModelArtifacts, deployment);
  return [
    ['Name', description.TrainingJobName],
    ...(definitionName === undefined ? [] : [['Definition', definitionName] as const]),
    [
      'Status',
      `${description.TrainingJobStatus} in ${formatSeconds(description.TrainingTimeInSeconds ?? 0)}`,
    ],
    ...reportedMetrics(description).map(({ MetricName, Value }): Row => [MetricName, formatMetric(Value)]),
    ...metricNoteRows([record]),
    ...hyperparameterRows(record),
    ...failureRow(FailureReason && withLog(FailureReason, description.TrainingJobName, deployment)),
    // A job that failed or was stopped early may have no model.
    ...(existsSync(model) ? [['Model', formatPath(model)] as const] : []),
  ];
}

/** The hyperparameters that the algorithm reads. Tuned ones come first. */
function hyperparameterRows({
  description: { HyperParameters = {} },
  tunedHyperParameters: tuned = {},
}: TrainingJobRecord): Row[] {
  const all = algorithmHyperparameters(HyperParameters);
  const isTuned = ([name]: readonly [string, string]) => Object.hasOwn(tuned, name);
  const group = (title: string, part: typeof all): Row[] =>
    part.length === 0 ? [] : [[title, ''], ...part.map(([name, value]): Row => [`  ${name}`, value])];
  const others = all.filter((each) => !isTuned(each));
  if (others.length === all.length) return group('Hyperparameters', all);
  return [...group('Tuned hyperparameters', all.filter(isTuned)), ...group('Fixed hyperparameters', others)];
}

/** Appends the end of the job's log if the failure reason does not name the error. */
function withLog(reason: string, jobName: string, { root }: Root): string {
  const end = isErrorInLog(reason) ? endOfLog(root, jobName) : '';
  return end === '' ? reason : `${reason}\nIts log ends with:\n${end}`;
}

/** The Map item that a job ran for. */
function itemRow(place: MapPlace | undefined): Row[] {
  return place === undefined ? [] : [['Item', renderPlace(place)]];
}

function failureRow(reason: string | undefined): Row[] {
  return reason === undefined ? [] : [['Failure reason', reason]];
}

/** The local path of an S3 object. */
function localPath(uri: string, deployment: Root): string {
  return join(bucketsFolder(deployment.root), uri.replace(/^s3:\/\//, ''));
}

function section(title: string, rows: readonly Row[]): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  // A value may have several lines, such as a traceback.
  const indent = `\n${' '.repeat(width + 4)}`;
  const lines = rows.map(([label, value]) =>
    `  ${label.padEnd(width)}  ${value.trimEnd().replaceAll('\n', indent)}`.trimEnd(),
  );
  return [colors.bold(title), ...lines, ''].join('\n');
}
