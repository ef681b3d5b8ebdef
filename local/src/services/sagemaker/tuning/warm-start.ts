import { isDeepStrictEqual } from 'node:util';
import { parseImage } from '../../../training/image-uri';
import type { FinishedTrial } from '../../../training/sampler';
import { AwsError, validationError } from '../../aws-error';
import type { CreateTuningJobRequest, TuningJobDescription, TuningTrainingDefinition } from '../api-types';
import { findTuningJob } from '../jobs/job-records';
import type { Jobs } from '../jobs/job-types';
import { searchDimensions } from './search-specification';
import { MAX_TRAINING_JOBS } from './tuning-checks';
import { definitionsOf, OBJECTIVE_HYPERPARAMETER, type SearchedDefinition } from './tuning-definitions';
import { isRunning, summarizeTrainingJobs } from './tuning-view';

/**
 * Maximum number of hyperparameter changes compared with a parent (developer guide, warm start tuning
 * restrictions).
 */
const MAX_CHANGES = 10;

/** A static hyperparameter with a new value counts as two changes: the old and the new value. */
const CHANGES_OF_A_VALUE = 2;

/**
 * Members of a training definition that can differ from the definition of the parent tuning job. The list comes from an
 * error message of SageMaker (aws/sagemaker-python-sdk#3693). The message is older than the member
 * HyperParameterTuningResourceConfig.
 */
const CHANGEABLE: readonly (keyof TuningTrainingDefinition | 'VpcConfig')[] = [
  'AlgorithmSpecification',
  'InputDataConfig',
  'OutputDataConfig',
  'StaticHyperParameters',
  'RoleArn',
  'ResourceConfig',
  'HyperParameterTuningResourceConfig',
  'StoppingCondition',
  'VpcConfig',
  'EnableManagedSpotTraining',
  'CheckpointConfig',
];

/** The starting point of a tuning job. */
export interface WarmStart {
  /**
   * The request. If it sets no maximum number of training jobs, the maximum is SageMaker's limit minus the number of
   * the parents' training jobs.
   */
  readonly request: CreateTuningJobRequest;
  /** Trials of the parents. The parents' own parents do not count, as on AWS. */
  readonly previousTrials: readonly FinishedTrial[];
}

/**
 * Checks a request against the parents of its warm start, and collects their trials.
 *
 * @throws AwsError when a parent does not exist or is still running, or when the request changes a member that must
 *   be the same as in the parent
 */
export function warmStart(request: CreateTuningJobRequest, jobs: Jobs): WarmStart {
  const { WarmStartConfig: config } = request;
  const [searched] = definitionsOf(request);
  if (config === undefined || searched === undefined) {
    return { request, previousTrials: [] };
  }
  const names = config.ParentHyperParameterTuningJobs.map(
    ({ HyperParameterTuningJobName: name = '' }) => name,
  );
  const parents = names.map((name) => endedParent(name, jobs));
  for (const parent of parents) {
    checkParent(request, searched, parent);
  }
  return {
    request: withinLimit(request, parents),
    previousTrials: parents.flatMap((parent) => trialsOf(parent, searched, jobs)),
  };
}

function endedParent(name: string, jobs: Jobs): TuningJobDescription {
  const parent = findTuningJob(jobs, name)?.description;
  if (parent === undefined) {
    throw invalid(`Amazon SageMaker can't find a tuning job called ${name}. Type another name.`);
  }
  const { HyperParameterTuningJobStatus: status } = parent;
  if (isRunning(status)) {
    throw invalid(`the parent ${name} is still ${status}: wait until it has ended`);
  }
  return parent;
}

function checkParent(
  request: CreateTuningJobRequest,
  searched: SearchedDefinition,
  parent: TuningJobDescription,
): void {
  const name = parent.HyperParameterTuningJobName;
  const [before, ...others] = definitionsOf(parent);
  if (before === undefined || others.length > 0) {
    throw invalid(`the parent ${name} has several TrainingJobDefinitions: warm start requires a single one`);
  }
  const [objective, objectiveBefore] = [searched, before].map((each) => each.objective);
  if (!isDeepStrictEqual(objective, objectiveBefore)) {
    throw invalid(
      `the objective metric must be that of the parent ${name}: ${objectiveBefore?.Type} ${objectiveBefore?.MetricName}, got ${objective?.Type} ${objective?.MetricName}`,
    );
  }
  checkHyperparameters(searched, before, name);
  const isAutotuned = request.Autotune !== undefined || parent.Autotune !== undefined;
  checkDefinition(searched.definition, before.definition, name, isAutotuned);
  if (request.WarmStartConfig?.WarmStartType === 'IdenticalDataAndAlgorithm') {
    checkIdentical(request, searched.definition, parent, before.definition);
  } else {
    const [repository, repositoryBefore] = [searched, before].map((each) => repositoryOf(each.definition));
    if (repository !== repositoryBefore) {
      throw invalid(
        `TransferLearning allows only other versions of the parent ${name}'s training image (${repositoryBefore}), got ${repository}`,
      );
    }
  }
}

function checkHyperparameters(now: SearchedDefinition, before: SearchedDefinition, parent: string): void {
  const [names, namesBefore] = [now, before].map((each) => hyperparametersOf(each).sort());
  if (!isDeepStrictEqual(names, namesBefore)) {
    throw refused(
      `The set of tunable plus static HyperParameter names is not the same across current and parent tuning jobs. Please ensure this set is constant when warm starting. Note that previously static HyperParameters can be tuned in warm start jobs and vice versa. The parent ${parent} has ${namesBefore?.join(', ')}; got ${names?.join(', ')}`,
    );
  }
  const ranges = searchDimensions(now.ranges);
  const rangesBefore = searchDimensions(before.ranges);
  for (const range of ranges) {
    const kindBefore = rangesBefore.find(({ name }) => name === range.name)?.kind;
    if (kindBefore !== undefined && kindBefore !== range.kind) {
      throw invalid(
        `the type of the hyperparameter "${range.name}" must be that of the parent ${parent}: ${kindBefore}, got ${range.kind}`,
      );
    }
  }
  const changes = Object.entries(staticOf(now)).map(([name, value]) => {
    const range = rangesBefore.find((each) => each.name === name);
    if (range !== undefined) return range.kind === 'categorical' ? range.values.length : 1;
    return staticOf(before)[name] === value ? 0 : CHANGES_OF_A_VALUE;
  });
  const count = changes.reduce((sum, each) => sum + each, 0);
  if (count > MAX_CHANGES) {
    throw invalid(
      `at most ${MAX_CHANGES} hyperparameter changes compared with the parent ${parent}, got ${count}. A hyperparameter that becomes static counts as 1 change, or as many changes as its categorical range has values. A static value that differs counts as ${CHANGES_OF_A_VALUE} changes`,
    );
  }
}

/**
 * Refuses changes that no warm start allows. RetryStrategy is allowed to change, because Autotune may have
 * chosen it.
 */
function checkDefinition(
  now: TuningTrainingDefinition,
  before: TuningTrainingDefinition,
  parent: string,
  isAutotuned: boolean,
): void {
  const changeable: readonly string[] = isAutotuned ? [...CHANGEABLE, 'RetryStrategy'] : CHANGEABLE;
  const members = Object.keys({ ...before, ...now }).filter(
    (member) => !changeable.includes(member),
  ) as (keyof TuningTrainingDefinition)[];
  const changed = members.filter((member) => !isSame(now[member], before[member]));
  if (changed.length > 0) {
    throw refused(
      `Only the following fields in TrainingJobDefinition are allowed to change: [${CHANGEABLE.map(lowerFirst).join(', ')}]. Compared with the parent ${parent}, these fields changed: [${changed.map(lowerFirst).join(', ')}]`,
    );
  }
}

/** Refuses changes that only TransferLearning allows. */
function checkIdentical(
  { HyperParameterTuningJobConfig: config }: CreateTuningJobRequest,
  now: TuningTrainingDefinition,
  { HyperParameterTuningJobConfig: configBefore, HyperParameterTuningJobName: parent }: TuningJobDescription,
  before: TuningTrainingDefinition,
): void {
  const [parallel, parallelBefore] = [config, configBefore].map(
    (each) => each.ResourceLimits.MaxParallelTrainingJobs,
  );
  const [image, imageBefore] = [now, before].map((each) => each.AlgorithmSpecification.TrainingImage);
  const what = 'IdenticalDataAndAlgorithm requires the';
  if (!isSame(channelsOf(now), channelsOf(before))) {
    throw invalid(`${what} InputDataConfig of the parent ${parent}. For other data, use TransferLearning`);
  }
  if (image !== imageBefore) {
    throw invalid(
      `${what} training image of the parent ${parent} (${imageBefore}), got ${image}. For another version, use TransferLearning`,
    );
  }
  if (parallel !== parallelBefore) {
    throw invalid(
      `${what} MaxParallelTrainingJobs of the parent ${parent} (${parallelBefore}), got ${parallel}. Only the ranges, the choice of static hyperparameters, and MaxNumberOfTrainingJobs may change`,
    );
  }
}

/** The training jobs of all parents count toward the limit of the new tuning job. */
function withinLimit(
  request: CreateTuningJobRequest,
  parents: readonly TuningJobDescription[],
): CreateTuningJobRequest {
  const { HyperParameterTuningJobConfig: config } = request;
  const launched = parents
    .flatMap(({ TrainingJobStatusCounters: counters }) => Object.values(counters))
    .reduce((sum, count) => sum + count, 0);
  const left = MAX_TRAINING_JOBS - launched;
  const wanted = config.ResourceLimits.MaxNumberOfTrainingJobs ?? (left < 1 ? 1 : left);
  if (wanted > left) {
    throw new AwsError(
      'ResourceLimitExceeded',
      `MaxNumberOfTrainingJobs: at most ${MAX_TRAINING_JOBS} including the ${launched} training jobs of the parents, got ${wanted}`,
    );
  }
  const ResourceLimits = {
    ...config.ResourceLimits,
    // The values of a grid search determine the number of jobs.
    ...(config.Strategy !== 'Grid' && { MaxNumberOfTrainingJobs: wanted }),
  };
  return { ...request, HyperParameterTuningJobConfig: { ...config, ResourceLimits } };
}

/**
 * Trials from a parent's training jobs, with the values of the hyperparameters that are tuned now. The parent
 * may have tuned these hyperparameters, or set them to static values.
 */
function trialsOf(parent: TuningJobDescription, { ranges }: SearchedDefinition, jobs: Jobs): FinishedTrial[] {
  const names = searchDimensions(ranges).map(({ name }) => name);
  return summarizeTrainingJobs(jobs, parent).map((summary) => {
    const all = jobs.training.get(summary.TrainingJobName)?.description.HyperParameters ?? {};
    const value = summary.FinalHyperParameterTuningJobObjectiveMetric?.Value;
    return {
      hyperparameters: Object.fromEntries(names.map((name) => [name, all[name] ?? ''])),
      ...(value !== undefined && { value }),
    };
  });
}

function hyperparametersOf(searched: SearchedDefinition): string[] {
  return [...Object.keys(staticOf(searched)), ...searchDimensions(searched.ranges).map(({ name }) => name)];
}

/** Static hyperparameters without `_tuning_objective_metric`, which SageMaker adds. */
function staticOf({ definition }: SearchedDefinition): Record<string, string> {
  const { [OBJECTIVE_HYPERPARAMETER]: _added, ...given } = definition.StaticHyperParameters ?? {};
  return given;
}

function channelsOf({ InputDataConfig: channels = [] }: TuningTrainingDefinition): unknown[] {
  return [...channels].sort((left, right) => (left.ChannelName < right.ChannelName ? -1 : 1));
}

function repositoryOf(definition: TuningTrainingDefinition): string {
  return parseImage(definition.AlgorithmSpecification.TrainingImage ?? '').repository;
}

/** Whether two values are equivalent. A missing value is equivalent to an empty value or false. */
function isSame(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(significant(left), significant(right));
}

function significant(value: unknown): unknown {
  if (value === null || value === false) return undefined;
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(significant);
  if (typeof value !== 'object') return value;
  const members = Object.entries(value).flatMap(([name, member]) => {
    const kept = significant(member);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function invalid(message: string): AwsError {
  return refused(`WarmStartConfig: ${message}`);
}

/** An error whose message begins with AWS's wording. */
function refused(message: string): AwsError {
  return validationError(message);
}
