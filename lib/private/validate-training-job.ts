import { Token } from 'aws-cdk-lib';
import type { TrainingChannel, TrainingJobDefinition } from '../tasks/training-job-definition';
import { DEFAULTS } from './defaults';
import { isJsonata } from './jsonata';
import { LIMITS } from './limits';
import type { Problems } from './problems';
import { checkEnvironment } from './validate-bound';
import { checkDuration, checkResources, checkS3Uri } from './validate-jobs';
import { NO_DEFAULT_WAIT } from './validate-tuning';

/**
 * Checks the training job of a task. Accepts any expression or token.
 *
 * @param maxEnvironmentVariables maximum number of environment variables
 */
export function checkTrainingJob(
  problems: Problems,
  prop: string,
  job: TrainingJobDefinition,
  maxEnvironmentVariables: number,
): void {
  problems.length(`${prop}trainingImage`, known(job.trainingImage), 1, LIMITS.imageLength);
  checkMetrics(problems, prop, job);
  checkChannels(problems, prop, job);
  checkUri(problems, `${prop}outputPath`, job.outputPath);
  checkUri(problems, `${prop}checkpointPath`, job.checkpointPath);
  checkInstances(problems, prop, job);
  checkDuration(problems, `${prop}maxRuntime`, job.maxRuntime, LIMITS.trainingRuntimeSeconds);
  checkWait(problems, prop, job);
  checkNetwork(problems, prop, job);
  checkEnvironment(problems, `${prop}environment`, job.environment, maxEnvironmentVariables);
  checkHyperparameters(problems, prop, job);
  checkCommand(problems, `${prop}containerEntrypoint`, job.containerEntrypoint);
  checkCommand(problems, `${prop}containerArguments`, job.containerArguments);
}

/** A string that is known at synth; undefined for expressions and tokens. */
function known(value: string | undefined): string | undefined {
  return value === undefined || Token.isUnresolved(value) || isJsonata(value) ? undefined : value;
}

function checkMetrics(problems: Problems, prop: string, { metricDefinitions }: TrainingJobDefinition): void {
  problems.count(`${prop}metricDefinitions`, metricDefinitions, 0, LIMITS.metricDefinitions);
  for (const { name, regex } of metricDefinitions ?? []) {
    problems.length(`${prop}metricDefinitions.${name}`, name, 1, LIMITS.metricNameLength);
    problems.length(`${prop}metricDefinitions.${name}.regex`, regex, 1, LIMITS.metricRegexLength);
  }
}

function checkChannels(problems: Problems, prop: string, { channels }: TrainingJobDefinition): void {
  problems.count(`${prop}channels`, channels, 1, LIMITS.channels);
  const names = channels.map(({ channelName }) => channelName);
  for (const [index, channel] of channels.entries()) {
    const at = `${prop}channels.${channel.channelName}`;
    if (names.indexOf(channel.channelName) !== index) problems.add(at, 'is given twice');
    checkChannel(problems, at, channel);
  }
}

function checkChannel(problems: Problems, prop: string, channel: TrainingChannel): void {
  const { channelName, s3Uri, manifest, fileSystem } = channel;
  const name = known(channelName);
  if (name !== undefined && !LIMITS.channelNamePattern.test(name)) {
    problems.add(
      prop,
      'the name of a channel must be 1 to 64 letters, digits, dots, hyphens and underscores',
    );
  }
  if ((s3Uri === undefined) === (fileSystem === undefined)) {
    problems.add(prop, 'give exactly one of s3Uri and fileSystem');
  }
  if (manifest && s3Uri === undefined)
    problems.add(prop, 'manifest needs s3Uri, the location of the manifest');
  checkUri(problems, `${prop}.s3Uri`, s3Uri);
}

function checkUri(problems: Problems, prop: string, value: string | undefined): void {
  const uri = known(value);
  if (uri !== undefined) checkS3Uri(problems, prop, uri);
}

function checkInstances(problems: Problems, prop: string, job: TrainingJobDefinition): void {
  const { instanceType, instanceCount, instanceGroups, keepAlive, volumeSize } = job;
  checkResources(
    problems,
    prop.replace(/\.$/, ''),
    {
      instanceType: known(instanceType),
      instanceCount,
      instanceGroups: instanceGroups?.filter((group) => known(group.instanceType) !== undefined),
      keepAlive,
      volumeSize,
    },
    job.managedSpotTraining ? {} : undefined,
  );
}

function checkWait(problems: Problems, prop: string, job: TrainingJobDefinition): void {
  const { managedSpotTraining, maxWait, maxRuntime } = job;
  const at = `${prop}maxWait`;
  if (maxWait && !managedSpotTraining) {
    problems.add(at, 'requires managed spot training: set managedSpotTraining to true');
  }
  if (managedSpotTraining && !maxWait && maxRuntime?.isUnresolved()) problems.add(at, NO_DEFAULT_WAIT);
  if (!maxWait || maxWait.isUnresolved() || maxRuntime?.isUnresolved()) return;
  const seconds = maxRuntime?.toSeconds({ integral: false }) ?? DEFAULTS.runtimeSeconds;
  problems.integer(
    at,
    maxWait.toSeconds({ integral: false }),
    Math.ceil(seconds),
    Number.POSITIVE_INFINITY,
    'seconds, at least maxRuntime',
  );
}

function checkNetwork(
  problems: Problems,
  prop: string,
  { subnets, securityGroups }: TrainingJobDefinition,
): void {
  problems.count(`${prop}subnets`, subnets, 1, LIMITS.subnets);
  problems.count(`${prop}securityGroups`, securityGroups, 1, LIMITS.securityGroups);
  if ((subnets === undefined) !== (securityGroups === undefined)) {
    problems.add(
      `${prop}${subnets ? 'securityGroups' : 'subnets'}`,
      'is required: give subnets and securityGroups together',
    );
  }
}

function checkHyperparameters(
  problems: Problems,
  prop: string,
  { hyperparameters }: TrainingJobDefinition,
): void {
  const values: unknown = hyperparameters?.value;
  if (typeof values !== 'object' || values === null || Token.isUnresolved(values)) return;
  problems.count(`${prop}hyperparameters`, Object.keys(values), 0, LIMITS.hyperparameters);
  for (const [name, value] of Object.entries(values)) {
    const at = `${prop}hyperparameters.${name}`;
    problems.length(at, name, 1, LIMITS.hyperparameterNameLength);
    if (typeof value === 'string') problems.length(at, value, 0, LIMITS.hyperparameterValueLength);
    else if (!Token.isUnresolved(value)) problems.wrongType(at, 'a string', value);
  }
}

/** @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AlgorithmSpecification.html */
function checkCommand(problems: Problems, prop: string, words: readonly string[] | undefined): void {
  if (!words || Token.isUnresolved(words)) return;
  problems.count(prop, words, 1, LIMITS.containerCommand);
  for (const word of words) problems.length(prop, word, 0, LIMITS.containerCommandLength);
}
