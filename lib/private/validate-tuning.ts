import { type Duration, SizeRoundingBehavior, Token } from 'aws-cdk-lib';
import { type AlgorithmRules, checkValue } from '../algorithm/algorithm-rules';
import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import type { TrainingResources, TuningOptions } from '../tuning-options';
import { isJsonata } from './jsonata';
import { LIMITS } from './limits';
import { Problems } from './problems';
import { checkRanges, checkStrategy, trainingJobsLimit } from './validate-search';

/** Longest prefix of job names: `<prefix>-<15 characters>` is a tuning job's name. */
export const JOB_NAME_PREFIX_LENGTH = 16;

/** A tuning with the data it trains on. */
export interface TuningInput extends TuningOptions {
  readonly train: InputData;
  readonly validation?: InputData;
  readonly input?: string;
}

/**
 * Checks everything that is knowable at synth about a tuning.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateTuning(path: string, tuning: TuningInput): void {
  const problems = new Problems();
  checkObjective(problems, tuning);
  checkRanges(problems, tuning);
  checkHyperparameters(problems, tuning);
  checkStrategy(problems, tuning);
  checkLimits(problems, tuning);
  checkData(problems, tuning);
  checkResources(problems, 'resources', tuning.resources);
  checkResources(problems, 'finalTraining.resources', tuning.finalTraining?.resources);
  checkSpot(problems, tuning);
  checkWarmStart(problems, tuning);
  checkTags(problems, tuning.tags);
  checkJobNamePrefix(problems, tuning.jobNamePrefix);
  checkNetwork(problems, tuning);
  checkInput(problems, tuning.input);
  problems.throwIfAny(path);
}

function checkObjective(problems: Problems, { objective, algorithm, validation }: TuningInput): void {
  const { metric, type } = objective;
  problems.length('objective', metric, 1, LIMITS.metricNameLength);
  if (Token.isUnresolved(metric)) return;
  if (metric.startsWith('validation:') && !validation) {
    problems.add('validation', `is required, because the objective is ${metric}`);
  }
  const { rules } = algorithm._definition;
  if (!rules) return;
  const known = rules.objectiveMetrics.find((rule) => rule.name === metric);
  if (!known) {
    const names = rules.objectiveMetrics.map((rule) => rule.name).join(', ');
    problems.add(
      'objective',
      `must be a metric that ${rules.title} can be tuned for, got ${JSON.stringify(metric)}; known are ${names}`,
    );
  } else if (known.direction !== type) {
    problems.add(
      'objective',
      `${metric} has to be ${known.direction.toLowerCase()}d, got ${type}: ${rules.title} declares it so`,
    );
  }
}

function checkHyperparameters(problems: Problems, tuning: TuningInput): void {
  const { rules } = tuning.algorithm._definition;
  const given = tuning.hyperparameters ?? {};
  const atFinal = tuning.finalTraining?.hyperparameters ?? {};
  checkHyperparameterValues(problems, 'hyperparameters', given, rules);
  checkHyperparameterValues(problems, 'finalTraining.hyperparameters', atFinal, rules);
  const tuned = tuning.parameterRanges.map((range) => range.name);
  const total = Object.keys(given).length + tuned.length + 1;
  if (total > LIMITS.hyperparameters) {
    problems.add(
      'hyperparameters',
      `may be ${LIMITS.hyperparameters} in all, tuned ones and SageMaker's own _tuning_objective_metric included, got ${total}`,
    );
  }
  if (!rules) return;
  for (const rule of rules.hyperparameters) {
    if (rule.required && !(rule.name in given) && !tuned.includes(rule.name)) {
      problems.add(
        'hyperparameters',
        `${rule.name} is required by ${rules.title}: give it here or tune it with parameterRanges`,
      );
    }
  }
  problems.addAll(
    rules.checkTogether({
      ...tuning.algorithm._definition.defaultHyperparameters(tuning.objective.metric),
      ...Object.fromEntries(tuned.map((name) => [name, ''])),
      ...given,
    }),
  );
}

function checkHyperparameterValues(
  problems: Problems,
  prop: string,
  values: Record<string, string>,
  rules?: AlgorithmRules,
): void {
  for (const [name, value] of Object.entries(values)) {
    problems.length(prop, name, 1, LIMITS.hyperparameterNameLength);
    problems.length(`${prop}.${name}`, value, 0, LIMITS.hyperparameterValueLength);
    if (!rules || Token.isUnresolved(name)) continue;
    const rule = rules.hyperparameters.find((candidate) => candidate.name === name);
    if (!rule) {
      problems.add(
        `${prop}.${name}`,
        `is no hyperparameter of ${rules.title}, which fails on unknown ones; known are ${rules.hyperparameters.map((known) => known.name).join(', ')}`,
      );
    } else if (!Token.isUnresolved(value)) {
      const problem = checkValue(rule, value);
      if (problem) problems.add(`${prop}.${name}`, problem);
    }
  }
}

function checkLimits(problems: Problems, tuning: TuningInput): void {
  problems.integer(
    'maxTrainingJobs',
    tuning.maxTrainingJobs,
    1,
    trainingJobsLimit(tuning),
    'quota of SageMaker',
  );
  problems.integer(
    'maxParallelTrainingJobs',
    tuning.maxParallelTrainingJobs,
    1,
    LIMITS.parallelTrainingJobs,
    'quota of SageMaker',
  );
  const { tuningRuntimeSeconds, trainingRuntimeSeconds } = LIMITS;
  checkDuration(problems, 'maxTuningRuntime', tuning.maxTuningRuntime, tuningRuntimeSeconds);
  checkDuration(problems, 'maxTrainingRuntime', tuning.maxTrainingRuntime, trainingRuntimeSeconds);
  checkDuration(
    problems,
    'finalTraining.maxRuntime',
    tuning.finalTraining?.maxRuntime,
    trainingRuntimeSeconds,
  );
}

function checkDuration(
  problems: Problems,
  prop: string,
  value: Duration | undefined,
  limit: { min: number; max: number },
): void {
  if (value === undefined || value.isUnresolved()) return;
  problems.integer(prop, value.toSeconds({ integral: false }), limit.min, limit.max, 'seconds');
}

function checkData(problems: Problems, tuning: TuningInput): void {
  const locations: [string, DataLocation | undefined][] = [
    ['train', tuning.train.location],
    ['validation', tuning.validation?.location],
    ...(tuning.allowedInputLocations ?? []).map((location): [string, DataLocation] => [
      'allowedInputLocations',
      location,
    ]),
  ];
  for (const [prop, location] of locations) {
    if (!location || Token.isUnresolved(location.uri)) continue;
    if (!/^s3:\/\/[^/]+(\/|$)/.test(location.uri)) {
      problems.add(prop, `must be s3://bucket/key, got ${JSON.stringify(location.uri)}`);
    }
    problems.length(prop, location.uri, 1, LIMITS.s3UriLength);
  }
}

function checkResources(problems: Problems, prop: string, resources: TrainingResources | undefined): void {
  const { instanceType, instanceCount, volumeSize } = resources ?? {};
  if (
    instanceType !== undefined &&
    !Token.isUnresolved(instanceType) &&
    !/^ml\.[a-z0-9-]+\.[a-z0-9]+$/.test(instanceType)
  ) {
    problems.add(
      `${prop}.instanceType`,
      `must be an instance type of SageMaker such as ml.m5.xlarge, got ${JSON.stringify(instanceType)}`,
    );
  }
  problems.integer(`${prop}.instanceCount`, instanceCount, 1, Number.POSITIVE_INFINITY);
  if (volumeSize && !volumeSize.isUnresolved()) {
    const size = volumeSize.toGibibytes({ rounding: SizeRoundingBehavior.NONE });
    problems.integer(`${prop}.volumeSize`, size, 1, Number.POSITIVE_INFINITY, 'GiB');
  }
}

function checkSpot(problems: Problems, { spot, maxTrainingRuntime, finalTraining }: TuningInput): void {
  const atFinal = finalTraining?.maxRuntime ?? maxTrainingRuntime;
  for (const [prop, options, runtime] of [
    ['spot.maxWait', spot, maxTrainingRuntime],
    ['finalTraining.spot.maxWait', finalTraining?.spot, atFinal],
  ] as const) {
    const wait = options?.maxWait;
    if (!wait || wait.isUnresolved() || runtime?.isUnresolved()) continue;
    const seconds = runtime?.toSeconds({ integral: false }) ?? 3600;
    const waitSeconds = wait.toSeconds({ integral: false });
    if (waitSeconds < seconds || !Number.isInteger(waitSeconds)) {
      problems.add(
        prop,
        `must be a whole number of seconds and at least the longest run time of the training job, ${seconds} seconds, got ${waitSeconds}`,
      );
    }
  }
}

function checkWarmStart(problems: Problems, { warmStart }: TuningInput): void {
  const names = warmStart?.tuningJobNames ?? [];
  if (problems.tokenList('warmStart', names)) return;
  problems.count('warmStart', names, 0, LIMITS.parentTuningJobs);
  for (const name of names) {
    if (Token.isUnresolved(name)) continue;
    if (!LIMITS.jobNamePattern.test(name) || name.length > LIMITS.tuningJobNameLength) {
      problems.add(
        'warmStart',
        `must name tuning jobs: 1 to ${LIMITS.tuningJobNameLength} letters, digits and inner hyphens, got ${JSON.stringify(name)}`,
      );
    }
  }
}

function checkTags(problems: Problems, tags: Record<string, string> | undefined): void {
  problems.count('tags', tags && Object.keys(tags), 0, LIMITS.tags);
  for (const [key, value] of Object.entries(tags ?? {})) {
    problems.length('tags', key, 1, LIMITS.tagKeyLength);
    problems.length(`tags.${key}`, value, 0, LIMITS.tagValueLength);
    if (/^aws:/i.test(key))
      problems.add(`tags.${key}`, 'must not begin with aws:, which AWS keeps for itself');
  }
}

function checkNetwork(problems: Problems, { vpc, vpcSubnets, securityGroups }: TuningInput): void {
  problems.count('securityGroups', securityGroups, 1, LIMITS.securityGroups);
  if (vpc) {
    problems.count('vpcSubnets', vpc.selectSubnets(vpcSubnets).subnetIds, 1, LIMITS.subnets);
    return;
  }
  for (const [prop, value] of Object.entries({ vpcSubnets, securityGroups })) {
    if (value) problems.add(prop, 'is of use with a VPC only: give vpc too');
  }
}

function checkInput(problems: Problems, input: string | undefined): void {
  if (input === undefined || isJsonata(input)) return;
  problems.add('input', `must be a JSONata string, {% … %}, got ${JSON.stringify(input)}`);
}

function checkJobNamePrefix(problems: Problems, prefix: string | undefined): void {
  if (prefix === undefined) return;
  if (Token.isUnresolved(prefix)) {
    problems.add('jobNamePrefix', 'must be known at synth: permissions and names of the jobs are made of it');
  } else if (!/^[a-z0-9](-*[a-z0-9])*$/.test(prefix) || prefix.length > JOB_NAME_PREFIX_LENGTH) {
    problems.add(
      'jobNamePrefix',
      `must be 1 to ${JOB_NAME_PREFIX_LENGTH} lower-case letters, digits and inner hyphens, got ${JSON.stringify(prefix)} (names of tuning jobs have at most ${LIMITS.tuningJobNameLength} characters)`,
    );
  }
}
