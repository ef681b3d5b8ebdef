import { Duration, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { BoundAlgorithm, TrainingImage } from '../algorithm/algorithm-definition';
import type { DataLocation } from '../data-location';
import type { InputData } from '../input-data';
import { WarmStart } from '../search/warm-start';
import type { CreateHyperParameterTuningJobTaskOptions } from '../tasks/create-hyper-parameter-tuning-job';
import type { CreateTrainingJobTaskOptions } from '../tasks/create-training-job';
import type {
  TrainingChannel,
  TrainingJobDefinition,
  TrainingMetricDefinition,
} from '../tasks/training-job-definition';
import type { SpotOptions, TrainingResources, TuningOptions } from '../tuning-options';
import { ownFinalData, trainsTogether } from './final-training';
import { outputPrefix, outputUri } from './fleet-item';
import { nameAfterSearch, tuningJobName } from './job-names';
import type { JobTags } from './job-tags';
import { jsonata, literal, parsed } from './jsonata';
import { outputKey } from './output-key';
import { renderRanges } from './render-tuning-job';
import { fixedHyperparameters, settleHyperparameters } from './settle-hyperparameters';
import { instanceTypesOf, mayHaveSeveralInstances, withDefaults } from './training-resources';
import { HAS_EARLIER_TUNING_JOBS, isChain } from './tuning-chain';
import { isReplaceable, type TuningDefinition, type TuningInput } from './tuning-definitions';

/** A definition whose algorithm is bound to the stack. */
export interface BoundDefinition extends TuningDefinition {
  readonly bound: BoundAlgorithm;
  /** The container that serves the definition's models. */
  readonly serving: ServingContainer;
}

/** An image that serves models, and its environment variables. */
export interface ServingContainer {
  readonly image: TrainingImage;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Everything that the requests to SageMaker need. */
export interface TuningRequestProps extends TuningInput {
  readonly definitions: readonly BoundDefinition[];
  readonly trainingRole: iam.IRole;
  /** Prefix of all job names, including the hyphen. */
  readonly jobNamePrefix: string;
  readonly jobTags: JobTags;
  readonly subnets?: ec2.ISubnet[];
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Location of the checkpoints. */
export function checkpointLocation(output: DataLocation): DataLocation {
  return output._child('checkpoints/');
}

/** Whether any training job keeps checkpoints. */
export function keepsCheckpoints(props: TuningOptions): boolean {
  return trialsKeepCheckpoints(props) || finalTrainingKeepsCheckpoints(props);
}

/**
 * Whether the training jobs of the search keep checkpoints. They do so only if requested: they all share one location,
 * so a training job could resume from another training job's checkpoint.
 */
function trialsKeepCheckpoints({ checkpoints }: TuningOptions): boolean {
  return checkpoints === true;
}

function finalTrainingKeepsCheckpoints({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.checkpoints ?? finalTraining?.spot !== undefined;
}

/** The request for the tuning job, with the warm start from the construct's properties. */
export function tuningJobRequest(props: TuningRequestProps): CreateHyperParameterTuningJobTaskOptions {
  const isGrid = props.strategy?.name === 'Grid';
  return {
    tuningJobName: jsonata(tuningJobName(props)),
    jobNamePrefix: props.jobNamePrefix,
    ...searches(props),
    strategy: props.strategy,
    maxTrainingJobs: isGrid ? undefined : setting(isChain(props) ? 'tuningJobSizes[0]' : 'maxTrainingJobs'),
    maxParallelTrainingJobs: setting('maxParallelTrainingJobs'),
    maxRuntime:
      props.maxTuningRuntime && isChain(props)
        ? Duration.seconds(setting('secondsLeft'))
        : props.maxTuningRuntime,
    earlyStopping: props.earlyStopping,
    warmStart: props.warmStart?.tuningJobNames.length ? props.warmStart : undefined,
    tags: props.jobTags.with(),
  };
}

/**
 * The definitions in the form of the request: a single definition has its objective and ranges at the top level; each
 * of several definitions carries its own.
 */
function searches(
  props: TuningRequestProps,
): Pick<
  CreateHyperParameterTuningJobTaskOptions,
  'objective' | 'parameterRangesInput' | 'trainingJobDefinition' | 'trainingJobDefinitions'
> {
  const all = props.definitions.map((definition) => ({
    definitionName: definition.name,
    objective: definition.objective,
    parameterRangesInput: stillTuned(props, definition),
    trainingJobDefinition: trialDefinition(props, definition),
  }));
  const [{ definitionName: _name, ...first }] = all as [(typeof all)[number]];
  return all.length === 1 ? first : { trainingJobDefinitions: all };
}

/** The ranges of the hyperparameters that the execution's input does not set. */
function stillTuned(props: TuningRequestProps, definition: BoundDefinition): sfn.TaskInput {
  const fixed = `$keys(${givenHyperparameters(props, definition)})`;
  const left = (ranges: object[]) =>
    ranges.length === 0
      ? ranges
      : jsonata(`[$filter(${parsed(literal(ranges))}, function($range) { $not($range.Name in ${fixed}) })]`);
  return sfn.TaskInput.fromObject(
    Object.fromEntries(
      Object.entries(renderRanges(definition.parameterRanges)).map(([kind, ranges]) => [kind, left(ranges)]),
    ),
  );
}

/** JSONata for the hyperparameters of a definition in the execution's input. */
function givenHyperparameters({ definitions }: TuningRequestProps, { name }: TuningDefinition): string {
  const given = '$states.input.settings.hyperparameters';
  return definitions.length === 1 ? given : `$lookup(${given}, ${literal(name)})`;
}

function trialDefinition(props: TuningRequestProps, definition: BoundDefinition): TrainingJobDefinition {
  const fixed = {
    ...fixedHyperparameters(definition),
    ...definition.bound.containerHyperparameters,
    ...instanceTypeHyperparameter(definition, definition.resources),
  };
  return trainingJob(props, definition, {
    output: 'trials/',
    data: searchData(props, definition),
    hyperparameters: `$merge([${parsed(literal(fixed))}, ${givenHyperparameters(props, definition)}])`,
    resources: definition.resources,
    maxRuntime: definition.maxTrainingRuntime,
    spot: props.spot,
    checkpoints: trialsKeepCheckpoints(props) ? tuningJobName(props) : undefined,
  });
}

/**
 * The request for a tuning job with a warm start from the execution's input, or from the earlier tuning jobs of a
 * chain.
 */
export function warmTuningJobRequest(props: TuningRequestProps): CreateHyperParameterTuningJobTaskOptions {
  const warmStart = props.warmStart ?? WarmStart.transferLearning();
  return {
    ...tuningJobRequest(props),
    warmStart: isChain(props) ? WarmStart._ofType(chainedType(warmStart)) : warmStart,
    warmStartParentsInput: sfn.TaskInput.fromText(
      jsonata(
        "[$map($states.input.settings.warmStartFrom, function($name) { {'HyperParameterTuningJobName': $name} })]",
      ),
    ),
  };
}

/** The warm start type. All tuning jobs of a chain but the first use `IdenticalDataAndAlgorithm`. */
function chainedType({ type }: WarmStart): string {
  const chained = WarmStart.identicalDataAndAlgorithm().type;
  return jsonata(`${HAS_EARLIER_TUNING_JOBS} ? '${chained}' : '${type}'`);
}

/**
 * The request for the final training, with the hyperparameters and the definition of the best training job.
 *
 * @param best JSONata for the hyperparameters
 */
export function finalTrainingJobRequest(
  props: TuningRequestProps,
  definition: BoundDefinition,
  best: string,
): CreateTrainingJobTaskOptions {
  const name = nameAfterSearch('final');
  return jobAfterSearch(props, definition, name, {
    output: 'models/',
    data: finalData(props, definition),
    best,
    checkpoints: finalTrainingKeepsCheckpoints(props) ? name : undefined,
  });
}

/**
 * The request for the training job that cross-validates the best hyperparameters. It sets the algorithm's
 * hyperparameters for cross-validation. The algorithm combines the data of the training and the validation channel. The
 * job has no checkpoints, because a resumed job would divide the data into different folds.
 *
 * @param best JSONata for the hyperparameters
 */
export function crossValidationJobRequest(
  props: TuningRequestProps,
  definition: BoundDefinition,
  best: string,
): CreateTrainingJobTaskOptions {
  const { folds: foldsName, rounds: roundsName } = definition.algorithm._definition.crossValidation ?? {};
  const { folds, rounds = 1 } = props.finalTraining?.crossValidation ?? {};
  const given = foldsName && roundsName && { [foldsName]: String(folds), [roundsName]: String(rounds) };
  return jobAfterSearch(props, definition, nameAfterSearch('cross-validation'), {
    output: 'cross-validation/',
    data: separateData(props, definition),
    best,
    hyperparameters: given || {},
  });
}

/**
 * The request for a job after the search, with the resources and hyperparameters of the final training.
 *
 * @param name JSONata for the name
 */
function jobAfterSearch(
  props: TuningRequestProps,
  definition: BoundDefinition,
  name: string,
  options: {
    readonly output: string;
    readonly data: readonly TrainingChannel[];
    /** JSONata for the best hyperparameters. */
    readonly best: string;
    readonly hyperparameters?: Readonly<Record<string, string>>;
    readonly checkpoints?: string;
  },
): CreateTrainingJobTaskOptions {
  const { finalTraining } = props;
  const resources = finalTraining?.resources ?? definition.resources;
  // The best hyperparameters include the instance type that the search passed to the container. The final training can
  // use another type.
  const settled = {
    ...instanceTypeHyperparameter(definition, resources),
    ...settleHyperparameters(definition, definition.finalHyperparameters),
    ...options.hyperparameters,
  };
  return {
    trainingJobName: jsonata(name),
    jobNamePrefix: props.jobNamePrefix,
    trainingJobDefinition: trainingJob(props, definition, {
      output: options.output,
      data: options.data,
      hyperparameters: `$merge([${options.best}, ${parsed(literal(settled))}])`,
      resources,
      maxRuntime: finalTraining?.maxRuntime ?? definition.maxTrainingRuntime,
      spot: finalTraining?.spot,
      checkpoints: options.checkpoints,
    }),
    tags: props.jobTags.with(),
  };
}

/** The hyperparameter that passes the instance type to the container, unless the instances have several types. */
function instanceTypeHyperparameter(
  { algorithm, bound }: BoundDefinition,
  resources: TrainingResources | undefined,
): Record<string, string> {
  const name = bound.instanceTypeHyperparameter;
  const [type, ...others] = instanceTypesOf(resources, algorithm);
  return name !== undefined && type !== undefined && others.length === 0 ? { [name]: type } : {};
}

function trainingJob(
  props: TuningRequestProps,
  definition: BoundDefinition,
  options: {
    output: string;
    /** Channels of the training and validation data. */
    data: readonly TrainingChannel[];
    hyperparameters: string;
    resources?: TrainingResources;
    maxRuntime?: Duration;
    spot?: SpotOptions;
    /** JSONata for the folder below `checkpoints/`. */
    checkpoints?: string;
  },
): TrainingJobDefinition {
  const { spot } = options;
  const { algorithm, bound } = definition;
  return {
    trainingImage: bound.image.uri,
    metricDefinitions: metricDefinitionsOf(definition),
    role: props.trainingRole,
    hyperparameters: sfn.TaskInput.fromText(jsonata(options.hyperparameters)),
    channels: [...options.data, ...otherChannels(definition)],
    outputPath: outputUri(props, props.output._child(options.output)),
    // Without a key in the request, SageMaker uses the account's key instead of the default key of the bucket.
    outputEncryptionKey: outputKey(props.output, props.encryptionKey),
    volumeEncryptionKey: props.encryptionKey,
    ...withDefaults(options.resources, algorithm),
    maxRuntime: options.maxRuntime,
    managedSpotTraining: spot !== undefined,
    maxWait: spot?.maxWait,
    checkpointPath: options.checkpoints
      ? // The slash prevents the prefix from matching a longer job name that begins with this job's name.
        jsonata(`${outputPrefix(props, checkpointLocation(props.output))} & ${options.checkpoints} & '/'`)
      : undefined,
    subnets: props.subnets,
    securityGroups: props.securityGroups?.length ? props.securityGroups : undefined,
    networkIsolation: props.networkIsolation ?? true,
    interContainerTrafficEncryption:
      props.interContainerTrafficEncryption ?? mayHaveSeveralInstances(options.resources),
    environment: bound.environment,
  };
}

/** If several metrics have the same regex, keeps only the objective's metric: the others would have the same values. */
function metricDefinitionsOf({
  algorithm,
  objective,
}: TuningDefinition): TrainingMetricDefinition[] | undefined {
  const { metricDefinitions } = algorithm._definition;
  const optimized = metricDefinitions?.find(({ name }) => name === objective.metric);
  return metricDefinitions?.filter((metric) => metric === optimized || metric.regex !== optimized?.regex);
}

/** The data of the search, which an execution's input can override. */
function searchData(
  props: TuningRequestProps,
  { algorithm, train, validation }: TuningDefinition,
): TrainingChannel[] {
  const { channelNames } = algorithm._definition;
  const uri = (name: string, data: InputData) =>
    isReplaceable(props, data) ? settingOfLocation(name, data) : data.location?.uri;
  return [
    train._channel(channelNames.train, uri('train', train)),
    ...(validation ? [validation._channel(channelNames.validation, uri('validation', validation))] : []),
  ];
}

/** The data of the final training. If it combines two locations, a manifest lists their objects. */
function finalData(props: TuningRequestProps, definition: TuningDefinition): TrainingChannel[] {
  const { channelNames } = definition.algorithm._definition;
  if (trainsTogether(props)) {
    const manifest = jsonata('$states.input.prepared.train');
    return [{ ...definition.train._channel(channelNames.train, manifest), manifest: true }];
  }
  return separateData(props, definition);
}

/** The data of the final training, in one channel for each location. */
function separateData(props: TuningRequestProps, definition: TuningDefinition): TrainingChannel[] {
  const { channelNames } = definition.algorithm._definition;
  const { finalTrain, finalValidation } = ownFinalData(props);
  if (!finalTrain) return searchData(props, definition);
  const channel = (channelName: string, name: string, data: InputData) =>
    data._channel(channelName, settingOfLocation(name, data));
  return [
    channel(channelNames.train, 'finalTrain', finalTrain),
    ...(finalValidation ? [channel(channelNames.validation, 'finalValidation', finalValidation)] : []),
  ];
}

/** The S3 URI in the execution's settings; undefined for data in a file system. */
function settingOfLocation(name: string, { location }: InputData): string | undefined {
  return location && jsonata(`$states.input.settings.${name}`);
}

/** Channels in addition to the data channels. */
function otherChannels({ channels = {}, bound }: BoundDefinition): TrainingChannel[] {
  return [
    ...Object.entries(channels).map(([name, data]) => data._channel(name)),
    ...(bound.channels ?? []).map(({ name, location, contentType }) => ({
      channelName: name,
      s3Uri: location.uri,
      contentType,
    })),
  ];
}

/** A number in the execution's settings. */
function setting(name: string): number {
  return Token.asNumber(jsonata(`$states.input.settings.${name}`));
}
