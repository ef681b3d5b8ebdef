import { type Duration, Token } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DataLocation } from '../data-location';
import { WarmStart } from '../search/warm-start';
import type { SageMakerCreateHyperParameterTuningJobOptions } from '../tasks/create-hyper-parameter-tuning-job';
import type { SageMakerCreateTrainingJobOptions } from '../tasks/create-training-job';
import type { TrainingJobDefinition } from '../tasks/training-job-definition';
import type { SpotOptions, TrainingResources, TuningOptions } from '../tuning-options';
import { jsonata, literal } from './jsonata';
import { renderRanges } from './render-tuning-job';
import type { TuningInput } from './validate-tuning';

/** A tuning with everything settled that the requests to SageMaker need. */
export interface TuningRequestProps extends TuningInput {
  readonly trainingImage: string;
  readonly trainingRole: iam.IRole;
  /** What the names of all jobs begin with, hyphen included. */
  readonly jobNamePrefix: string;
  readonly output: DataLocation;
  readonly subnets?: ec2.ISubnet[];
  readonly securityGroups?: ec2.ISecurityGroup[];
}

/** Identifies one attempt at one state of one execution, in Map iterations, loops and redrives too. */
const ATTEMPT = `$string([$states.context.Execution.Id, $states.context.Execution.RedriveCount, $states.context.State.Name, $states.context.State.EnteredTime, $states.context.State.RetryCount, $states.context.Map.Item.Index])`;

/** JSONata for the name of the tuning job: 32 characters at the most, and never used twice. */
export function tuningJobName(prefix: string): string {
  return `${literal(prefix)} & $substring($hash(${ATTEMPT}, 'SHA-256'), 0, 15)`;
}

/** Where checkpoints are kept. */
export function checkpointLocation(output: DataLocation): DataLocation {
  return output._child('checkpoints/');
}

/** Whether any training job keeps checkpoints. */
export function keepsCheckpoints(props: TuningOptions): boolean {
  return trialsKeepCheckpoints(props) || finalTrainingKeepsCheckpoints(props);
}

/** Only where asked for: the training jobs of a tuning job share one place. */
function trialsKeepCheckpoints({ spot }: TuningOptions): boolean {
  return spot?.checkpoints === true;
}

function finalTrainingKeepsCheckpoints({ finalTraining }: TuningOptions): boolean {
  return finalTraining?.spot !== undefined && finalTraining.spot.checkpoints !== false;
}

/** The tuning job, learning from the earlier ones that the construct names. */
export function tuningJobRequest(props: TuningRequestProps): SageMakerCreateHyperParameterTuningJobOptions {
  const isGrid = props.strategy?.name === 'Grid';
  const tuned = '$keys($states.input.settings.hyperparameters)';
  const stillTuned = (ranges: object[]) =>
    ranges.length === 0
      ? ranges
      : jsonata(`[$filter(${literal(ranges)}, function($range) { $not($range.Name in ${tuned}) })]`);
  const fixed = {
    ...props.algorithm._definition.defaultHyperparameters(props.objective.metric),
    ...props.hyperparameters,
  };
  return {
    tuningJobName: jsonata(tuningJobName(props.jobNamePrefix)),
    jobNamePrefix: props.jobNamePrefix,
    objective: props.objective,
    parameterRangesInput: sfn.TaskInput.fromObject(
      Object.fromEntries(
        Object.entries(renderRanges(props.parameterRanges)).map(([kind, ranges]) => [
          kind,
          stillTuned(ranges),
        ]),
      ),
    ),
    strategy: props.strategy,
    maxTrainingJobs: isGrid ? undefined : setting('maxTrainingJobs'),
    maxParallelTrainingJobs: setting('maxParallelTrainingJobs'),
    maxRuntime: props.maxTuningRuntime,
    earlyStopping: props.earlyStopping,
    warmStart: props.warmStart?.tuningJobNames.length ? props.warmStart : undefined,
    trainingJobDefinition: trainingJob(props, {
      output: 'trials/',
      hyperparameters: `$merge([${literal(fixed)}, $states.input.settings.hyperparameters])`,
      resources: props.resources,
      maxRuntime: props.maxTrainingRuntime,
      spot: props.spot,
      checkpoints: trialsKeepCheckpoints(props) ? tuningJobName(props.jobNamePrefix) : undefined,
    }),
    tags: props.tags,
  };
}

/** The tuning job, learning from those that the input names. */
export function warmTuningJobRequest(
  props: TuningRequestProps,
): SageMakerCreateHyperParameterTuningJobOptions {
  return {
    ...tuningJobRequest(props),
    warmStart: props.warmStart ?? WarmStart.transferLearning(),
    warmStartParentsInput: sfn.TaskInput.fromText(
      jsonata(
        "[$map($states.input.settings.warmStartFrom, function($name) { {'HyperParameterTuningJobName': $name} })]",
      ),
    ),
  };
}

/** The training of the final model, with the best training job's hyperparameters. */
export function finalTrainingJobRequest(props: TuningRequestProps): SageMakerCreateTrainingJobOptions {
  const { finalTraining } = props;
  const name = `$states.input.result.tuningJob.name & '-final-' & $substring($hash(${ATTEMPT}, 'SHA-256'), 0, 8)`;
  return {
    trainingJobName: jsonata(name),
    jobNamePrefix: props.jobNamePrefix,
    trainingJobDefinition: trainingJob(props, {
      output: 'models/',
      hyperparameters: `$merge([$states.input.result.bestTrainingJob.hyperparameters, ${literal(finalTraining?.hyperparameters ?? {})}])`,
      resources: finalTraining?.resources ?? props.resources,
      maxRuntime: finalTraining?.maxRuntime ?? props.maxTrainingRuntime,
      spot: finalTraining?.spot,
      checkpoints: finalTrainingKeepsCheckpoints(props) ? name : undefined,
    }),
    tags: props.tags,
  };
}

function trainingJob(
  props: TuningRequestProps,
  options: {
    output: string;
    hyperparameters: string;
    resources?: TrainingResources;
    maxRuntime?: Duration;
    spot?: SpotOptions;
    /** JSONata for the folder below `checkpoints/`. */
    checkpoints?: string;
  },
): TrainingJobDefinition {
  const { resources, spot } = options;
  const uri = (channel: string) => jsonata(`$states.input.settings.${channel}`);
  return {
    trainingImage: props.trainingImage,
    role: props.trainingRole,
    hyperparameters: sfn.TaskInput.fromText(jsonata(options.hyperparameters)),
    channels: [
      props.train._channel('train', uri('train')),
      ...(props.validation ? [props.validation._channel('validation', uri('validation'))] : []),
    ],
    outputPath: props.output._child(options.output).uri,
    // SageMaker does not ask the bucket for its key: without one it takes that of the account.
    outputEncryptionKey: props.encryptionKey ?? props.output._bucket?.encryptionKey,
    volumeEncryptionKey: props.encryptionKey,
    ...resources,
    maxRuntime: options.maxRuntime,
    managedSpotTraining: spot !== undefined,
    maxWait: spot?.maxWait,
    checkpointPath: options.checkpoints
      ? jsonata(`${literal(checkpointLocation(props.output).uri)} & ${options.checkpoints}`)
      : undefined,
    subnets: props.subnets,
    securityGroups: props.securityGroups?.length ? props.securityGroups : undefined,
    networkIsolation: props.networkIsolation ?? true,
    interContainerTrafficEncryption:
      props.interContainerTrafficEncryption ?? (resources?.instanceCount ?? 1) > 1,
  };
}

/** A number among the execution's settings. */
function setting(name: string): number {
  return Token.asNumber(jsonata(`$states.input.settings.${name}`));
}
