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

/** What a training job is made of. Texts may be expressions of the state's query language. */
export interface CreateTrainingJobTaskOptions {
  /** Name of the training job: 1 to 63 letters, digits and inner hyphens, unique in account and region. */
  readonly trainingJobName: string;
  /**
   * What the name begins with, where the name is an expression: the permissions are limited to such jobs.
   *
   * @default - the name itself; any job, where it is an expression
   */
  readonly jobNamePrefix?: string;
  /** The training job but for its name. */
  readonly trainingJobDefinition: TrainingJobDefinition;
  /**
   * Tags of the training job.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

/** Properties of a training task that uses JSONPath. */
export interface CreateTrainingJobTaskJsonPathProps
  extends sfn.TaskStateJsonPathBaseProps,
    CreateTrainingJobTaskOptions {}

/** Properties of a training task that uses JSONata. */
export interface CreateTrainingJobTaskJsonataProps
  extends sfn.TaskStateJsonataBaseProps,
    CreateTrainingJobTaskOptions {}

/** Properties of a training task. */
export interface CreateTrainingJobTaskProps extends sfn.TaskStateBaseProps, CreateTrainingJobTaskOptions {}

/**
 * A state that starts a training job and, with `RUN_JOB`, waits for it.
 *
 * Unlike the task of the same name in aws-cdk-lib, it takes the whole map of hyperparameters from the
 * state's data, and knows managed spot training and checkpoints.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export class CreateTrainingJobTask extends sfn.TaskStateBase {
  /** Makes the state for JSONPath. */
  static jsonPath(
    scope: Construct,
    id: string,
    props: CreateTrainingJobTaskJsonPathProps,
  ): CreateTrainingJobTask {
    return new CreateTrainingJobTask(scope, id, props);
  }

  /** Makes the state for JSONata. */
  static jsonata(
    scope: Construct,
    id: string,
    props: CreateTrainingJobTaskJsonataProps,
  ): CreateTrainingJobTask {
    return new CreateTrainingJobTask(scope, id, { ...props, queryLanguage: sfn.QueryLanguage.JSONATA });
  }

  /** Metrics of the task. */
  protected readonly taskMetrics?: sfn.TaskMetricsConfig;
  /** What the state machine's role is granted. */
  protected readonly taskPolicies?: iam.PolicyStatement[];
  private readonly integrationPattern: sfn.IntegrationPattern;

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

/** CreateTrainingJob alone takes the container's command. */
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
