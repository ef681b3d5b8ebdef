import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { warnOfVolumesWithoutKey } from '../private/instance-storage';
import { jobPolicies, knownNamePrefix, TRAINING_JOB } from '../private/job-policies';
import { renderTrainingJob } from '../private/render-training-job';
import { renderTags } from '../private/render-tuning-job';
import { renderSageMakerTask } from '../private/task-integration';
import { validateTrainingTask } from '../private/validate-task';
import type { TrainingJobDefinition } from './training-job-definition';

/** Settings of a training job. Strings can be expressions in the state's query language. */
export interface CreateTrainingJobTaskOptions {
  /** Name of the training job: 1 to 63 letters, digits and inner hyphens, unique within the account and region. */
  readonly trainingJobName: string;
  /**
   * Prefix of the name, if the name is an expression. Permissions are limited to jobs with this prefix.
   *
   * @default - permissions for the job name, or for any job if the name is an expression
   */
  readonly jobNamePrefix?: string;
  /** All settings of the training job except its name and tags. */
  readonly trainingJobDefinition: TrainingJobDefinition;
  /**
   * Tags of the training job.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

/** Properties of `CreateTrainingJobTask` with JSONPath. */
export interface CreateTrainingJobTaskJsonPathProps
  extends sfn.TaskStateJsonPathBaseProps,
    CreateTrainingJobTaskOptions {}

/** Properties of `CreateTrainingJobTask` with JSONata. */
export interface CreateTrainingJobTaskJsonataProps
  extends sfn.TaskStateJsonataBaseProps,
    CreateTrainingJobTaskOptions {}

/** Properties of `CreateTrainingJobTask`. */
export interface CreateTrainingJobTaskProps extends sfn.TaskStateBaseProps, CreateTrainingJobTaskOptions {}

/**
 * A task that starts a training job. With `IntegrationPattern.RUN_JOB`, it waits until the job ends.
 *
 * Unlike `SageMakerCreateTrainingJob` of aws-cdk-lib, this task can take the whole map of hyperparameters from the
 * state's input, and supports managed spot training and checkpoints.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export class CreateTrainingJobTask extends sfn.TaskStateBase {
  /**
   * Creates a task that uses JSONPath.
   *
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`; the name of the state unless `stateName` is given
   * @param props the settings of the training job and of the state
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  static jsonPath(
    scope: Construct,
    id: string,
    props: CreateTrainingJobTaskJsonPathProps,
  ): CreateTrainingJobTask {
    return new CreateTrainingJobTask(scope, id, props);
  }

  /**
   * Creates a task that uses JSONata.
   *
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`; the name of the state unless `stateName` is given
   * @param props the settings of the training job and of the state
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  static jsonata(
    scope: Construct,
    id: string,
    props: CreateTrainingJobTaskJsonataProps,
  ): CreateTrainingJobTask {
    return new CreateTrainingJobTask(scope, id, { ...props, queryLanguage: sfn.QueryLanguage.JSONATA });
  }

  /** Metrics of the task. */
  protected readonly taskMetrics?: sfn.TaskMetricsConfig;
  /** Permissions that the state machine's role needs. */
  protected readonly taskPolicies?: iam.PolicyStatement[];
  private readonly integrationPattern: sfn.IntegrationPattern;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`; the name of the state unless `stateName` is given
   * @param props the settings of the training job and of the state
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CreateTrainingJobTaskProps,
  ) {
    super(scope, id, props);
    validateTrainingTask(this.node.path, props);
    this.integrationPattern = props.integrationPattern ?? sfn.IntegrationPattern.REQUEST_RESPONSE;
    warnOfVolumesWithoutKey(scope, [props.trainingJobDefinition]);
    this.taskPolicies = jobPolicies(this, TRAINING_JOB, {
      namePrefix: knownNamePrefix(props.trainingJobName, props.jobNamePrefix),
      roles: [props.trainingJobDefinition.role],
      waits: this.integrationPattern === sfn.IntegrationPattern.RUN_JOB,
    });
  }

  /** @internal */
  protected _renderTask(topLevelQueryLanguage?: sfn.QueryLanguage): unknown {
    const { trainingJobName, trainingJobDefinition: definition, tags } = this.props;
    const request = {
      TrainingJobName: trainingJobName,
      ...(definition.hyperparameters && { HyperParameters: definition.hyperparameters.value }),
      ...withContainerCommand(renderTrainingJob(definition), definition),
      ...(tags && { Tags: renderTags(tags) }),
    };
    const language = this.props.queryLanguage ?? topLevelQueryLanguage;
    return renderSageMakerTask('createTrainingJob', this.integrationPattern, request, language);
  }
}

/** Adds the container's command, which only CreateTrainingJob supports. */
function withContainerCommand(
  { AlgorithmSpecification: algorithm, ...rest }: Record<string, unknown>,
  { containerEntrypoint, containerArguments }: TrainingJobDefinition,
): Record<string, unknown> {
  return {
    AlgorithmSpecification: {
      ...(algorithm as object),
      ...(containerEntrypoint && { ContainerEntrypoint: containerEntrypoint }),
      ...(containerArguments && { ContainerArguments: containerArguments }),
    },
    ...rest,
  };
}
