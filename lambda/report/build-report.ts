import type { AutoMLCandidate, DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import { commonReasons } from '../../local/src/failure-reasons/common-reasons';
import { modelArtifactsOf, ranked as rankedCandidate } from '../shared/automl-candidate';
import { defined } from '../shared/defined';
import { withoutTuningHyperparameters } from '../shared/hyperparameters';
import { convergence } from './analyses/convergence';
import { type BilledJob, cost } from './analyses/cost';
import { touchedEdges } from './analyses/edges';
import { importance } from './analyses/importance';
import { overfit } from './analyses/overfit';
import { bestOf, compareBest, rankedJobs } from './analyses/ranking';
import { definitionsOf } from './definitions';
import { namedFeatures, thinned, withoutNaN } from './extras';
import type { AutoMlReportInput, TuningReportInput } from './input';
import { billedInstances, finalMetrics, isoTime, jobsOf, numbered } from './jobs';
import { readingOf } from './reading';
import {
  type Definition,
  type FinalModel,
  isWhole,
  type Job,
  type Objective,
  type Report,
  SCHEMA_VERSION,
  type Search,
} from './report-data';

/** The report of a hyperparameter tuning job, which can still be running or have failed. */
export function buildTuningReport(input: TuningReportInput): Report {
  const { tuningJob, trainingJobs, parents = [], earlierTuningJobNames: earlier = [] } = input;
  const searches = [{ tuningJob, trainingJobs }, ...parents].map((search) => ({
    definitions: definitionsOf(search.tuningJob),
    trainingJobs: search.trainingJobs,
  }));
  const config = tuningJob.HyperParameterTuningJobConfig;
  const warmStart = tuningJob.WarmStartConfig;
  const search: Search = {
    kind: 'HyperparameterTuning',
    name: tuningJob.HyperParameterTuningJobName ?? '',
    status: tuningJob.HyperParameterTuningJobStatus ?? 'Unknown',
    ...(earlier.length > 0 && { earlierTuningJobs: earlier }),
    ...defined({
      strategy: config?.Strategy,
      failureReason: tuningJob.FailureReason,
      createdAt: isoTime(tuningJob.CreationTime),
      endedAt: isoTime(tuningJob.HyperParameterTuningEndTime),
      maxJobs: config?.ResourceLimits?.MaxNumberOfTrainingJobs,
      maxParallelJobs: config?.ResourceLimits?.MaxParallelTrainingJobs,
      unreadJobs: input.unreadJobs,
      warmStart: warmStart && {
        ...defined({ type: warmStart.WarmStartType }),
        parents: (warmStart.ParentHyperParameterTuningJobs ?? []).flatMap(
          ({ HyperParameterTuningJobName: name }) => name ?? [],
        ),
      },
    }),
  };
  return complete(input, {
    search,
    definitions: searches.flatMap(({ definitions }) => definitions),
    jobs: jobsOf(searches),
    jobsAfterSearch: [
      ...(input.crossValidationJob ? [billedJob(input.crossValidationJob)] : []),
      ...(input.finalTrainingJob ? [billedJob(input.finalTrainingJob)] : []),
    ],
    bestJobName: input.bestTrainingJobName,
    finalModel: finalModelOf(input),
    evaluated: evaluatedOf(input),
  });
}

function billedJob(job: Partial<DescribeTrainingJobResponse>): BilledJob {
  return { status: job.TrainingJobStatus ?? 'Unknown', ...billedInstances(job) };
}

/** The results of the states after the search, except the final model. */
function evaluatedOf({
  crossValidation,
  crossValidationJob,
  evaluation,
  charts,
  gate,
  modelPackage,
}: TuningReportInput): Parts['evaluated'] {
  // The metrics of a job that did not complete are not the means over all folds.
  const isComplete = (crossValidationJob?.TrainingJobStatus ?? 'Completed') === 'Completed';
  return defined({
    crossValidation: isComplete ? crossValidation : undefined,
    evaluation: evaluation && { ...evaluation, ...defined({ charts }) },
    gate,
    modelPackage,
  });
}

/** Channels with validation data. The names of their metrics begin with the channel, as in `validation:rmse`. */
const VALIDATION = ['validation', 'test'];

/** The model of the final training job or, if the best training job is reused, the model of that job. */
function finalModelOf({
  finalTrainingJob,
  trainingJobs,
  bestTrainingJobName,
  reusesBest,
}: TuningReportInput): FinalModel | undefined {
  const best = trainingJobs.find(({ description }) => description?.TrainingJobName === bestTrainingJobName);
  const job = finalTrainingJob ?? (reusesBest ? best?.description : undefined);
  if (job === undefined) return undefined;
  const channels = (job.InputDataConfig ?? []).map(({ ChannelName }) => ChannelName ?? '');
  return {
    job: job.TrainingJobName ?? '',
    status: job.TrainingJobStatus ?? 'Unknown',
    metrics: finalMetrics(job.FinalMetricDataList),
    hyperparameters: withoutTuningHyperparameters(job.HyperParameters),
    ...(channels.length > 0 &&
      !channels.some((name) => VALIDATION.includes(name)) && { withoutValidation: true }),
    ...defined({ modelArtifacts: job.ModelArtifacts?.S3ModelArtifacts }),
    // If the best training job is reused, its time is already part of the time of the search.
    ...(finalTrainingJob === undefined ? { reused: true } : billedInstances(job)),
  };
}

/** The report of an AutoML job. It lists the candidates as jobs, without hyperparameters. */
export function buildAutoMlReport(input: AutoMlReportInput): Report {
  const { autoMlJob, candidates } = input;
  const name = autoMlJob.AutoMLJobName ?? '';
  const known = candidates.map(rankedCandidate).find((candidate) => candidate !== undefined);
  const objective: Objective = known
    ? { metric: known.metric, type: known.type }
    : { metric: autoMlJob.AutoMLJobObjective?.MetricName ?? 'objective', type: 'Maximize' };
  const best = autoMlJob.BestCandidate;
  const modelArtifacts = best && modelArtifactsOf(best);
  return complete(input, {
    search: {
      kind: 'AutoML',
      name,
      status: autoMlJob.AutoMLJobStatus ?? 'Unknown',
      ...defined({
        failureReason: autoMlJob.FailureReason,
        createdAt: isoTime(autoMlJob.CreationTime),
        endedAt: isoTime(autoMlJob.EndTime),
      }),
    },
    definitions: [{ search: name, objective, ranges: [], staticHyperparameters: {} }],
    jobs: numbered(candidates.map((candidate) => candidateJob(candidate, name))),
    bestJobName: best?.CandidateName,
    finalModel: best && {
      job: best.CandidateName ?? '',
      status: best.CandidateStatus ?? 'Unknown',
      metrics: candidateJob(best, name).metrics,
      hyperparameters: {},
      ...(modelArtifacts && { modelArtifacts }),
    },
  });
}

function candidateJob(candidate: AutoMLCandidate, search: string): Omit<Job, 'number'> {
  const { metric, value } = rankedCandidate(candidate) ?? {};
  const reported = (candidate.CandidateProperties?.CandidateMetrics ?? []).map((one) => ({
    MetricName: `${one.Set ? `${one.Set.toLowerCase()}:` : ''}${one.StandardMetricName ?? one.MetricName}`,
    Value: one.Value,
  }));
  return {
    name: candidate.CandidateName ?? '',
    status: candidate.CandidateStatus ?? 'Unknown',
    search,
    hyperparameters: {},
    metrics: {
      ...(metric !== undefined && value !== undefined && { [metric]: value }),
      ...finalMetrics(reported),
    },
    ...defined({
      value,
      createdAt: isoTime(candidate.CreationTime),
      startedAt: isoTime(candidate.CreationTime),
      endedAt: isoTime(candidate.EndTime),
      failureReason: candidate.FailureReason,
    }),
  };
}

interface Parts {
  readonly search: Search;
  readonly definitions: readonly Definition[];
  readonly jobs: readonly Job[];
  /** The billed jobs that run after the search. */
  readonly jobsAfterSearch?: readonly BilledJob[];
  readonly bestJobName: string | undefined;
  readonly finalModel: FinalModel | undefined;
  readonly evaluated?: Pick<Report, 'crossValidation' | 'evaluation' | 'gate' | 'modelPackage'>;
}

/** Hyperparameter of XGBoost and other algorithms for boosted trees. */
const PATIENCE = 'early_stopping_rounds';

/** The number of rounds without improvement after which early stopping ends a job; `undefined` without early stopping. */
function patienceOf({ hyperparameters }: Job, { staticHyperparameters }: Definition): number | undefined {
  const patience = Number(hyperparameters[PATIENCE] ?? staticHyperparameters[PATIENCE]);
  return patience > 0 ? patience : undefined;
}

/** Adds the analyses to a report. */
function complete(
  input: TuningReportInput | AutoMlReportInput,
  { search, definitions, jobs, jobsAfterSearch = [], bestJobName, finalModel, evaluated }: Parts,
): Report {
  const own = definitions.filter((definition) => definition.search === search.name);
  const { type } = own.find(({ objective }) => objective)?.objective ?? { type: 'Maximize' as const };
  const ownJobs = jobs.filter((job) => job.search === search.name);
  const ranked = rankedJobs(ownJobs);
  const best = rankedJobs(jobs).find(({ name }) => name === bestJobName) ?? bestOf(ownJobs, type);
  const definition = own.find(({ name }) => name !== undefined && name === best?.definition) ??
    own[0] ?? { search: search.name, ranges: [], staticHyperparameters: {} };
  const objective = definition.objective ?? { metric: 'objective', type };
  const hasAllJobs = isWhole(search);
  const curves = (input.learningCurves ?? []).map(withoutNaN);
  const jobsOfDefinition = (name: string | undefined) =>
    ranked.filter((job) => job.definition === name || name === undefined);
  // The objective of an AutoML job has no data set in its name: `F1`, not `validation:F1`.
  const validationMetric = search.kind === 'AutoML' ? `validation:${objective.metric}` : objective.metric;
  const facts: Omit<Report, 'reading'> = {
    schemaVersion: SCHEMA_VERSION,
    createdAt: input.createdAt.toISOString(),
    search,
    objective,
    definitions,
    jobs,
    edges: best ? touchedEdges(best, jobsOfDefinition(definition.name), definition, type) : [],
    importance: own.flatMap((one) => importance(jobsOfDefinition(one.name), one, type) ?? []),
    failures: commonReasons(
      ownJobs.flatMap(({ name, status, failureReason: reason }) =>
        status === 'Failed' && reason ? [{ name, reason }] : [],
      ),
    ),
    learningCurves: curves.map(thinned),
    links: input.links ?? {},
    notices: input.notices ?? [],
    ...evaluated,
    ...defined({
      bestJob: best?.name,
      comparison: hasAllJobs && best ? compareBest(best, ranked, type) : undefined,
      // The order of the jobs has no meaning in a grid search.
      convergence: hasAllJobs && search.strategy !== 'Grid' ? convergence(ranked, type) : undefined,
      overfit:
        best &&
        overfit(best, validationMetric, type, {
          curves,
          ...defined({ patience: patienceOf(best, definition) }),
        }),
      cost: cost([...ownJobs, ...jobsAfterSearch], search.unreadJobs),
      learningCurvesNotice: input.learningCurvesNotice,
      finalModel,
      featureImportance: input.featureImportance && namedFeatures(input.featureImportance, input.columnNames),
    }),
  };
  return { ...facts, reading: readingOf(facts) };
}
