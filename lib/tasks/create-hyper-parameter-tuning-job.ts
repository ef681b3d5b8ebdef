import type { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { warnOfVolumesWithoutKey } from '../private/instance-storage';
import { jobPolicies, knownNamePrefix, TUNING_JOB } from '../private/job-policies';
import { renderTuningJob, trainingDefinitions } from '../private/render-tuning-job';
import { renderSageMakerTask } from '../private/task-integration';
import { validateTuningTask } from '../private/validate-task';
import type { Objective } from '../search/objective';
import type { ParameterRange } from '../search/parameter-range';
import type { TuningStrategy } from '../search/tuning-strategy';
import type { WarmStart } from '../search/warm-start';
import type { TrainingJobDefinition } from './training-job-definition';

/** One of several algorithms of a tuning job, with its search space. */
export interface TuningTrainingJobDefinition {
  /** Name of the definition: 1 to 64 letters, digits and inner hyphens, unique in the tuning job. */
  readonly definitionName: string;
  /** The metric that the tuning job optimizes. */
  readonly objective: Objective;
  /**
   * The search space. Give either this or `parameterRangesInput`.
   *
   * @default - `parameterRangesInput`
   */
  readonly parameterRanges?: ParameterRange[];
  /**
   * The search space in the form of `ParameterRanges` in the SageMaker API. Parts of it can be expressions.
   *
   * @default - `parameterRanges`
   */
  readonly parameterRangesInput?: sfn.TaskInput;
  /** The settings of the training jobs. */
  readonly trainingJobDefinition: TrainingJobDefinition;
}

/** Settings of a tuning job. Strings can be expressions in the state's query language. */
export interface CreateHyperParameterTuningJobTaskOptions {
  /** Name of the tuning job: 1 to 32 letters, digits and inner hyphens, unique within the account and region. */
  readonly tuningJobName: string;
  /**
   * Prefix of the name, if the name is an expression. Permissions are limited to jobs with this prefix.
   *
   * @default - permissions for the job name, or for any job if the name is an expression
   */
  readonly jobNamePrefix?: string;
  /**
   * The metric that the tuning job optimizes.
   *
   * @default - the objectives in `trainingJobDefinitions`
   */
  readonly objective?: Objective;
  /**
   * The search space. Give either this or `parameterRangesInput`.
   *
   * @default - `parameterRangesInput`
   */
  readonly parameterRanges?: ParameterRange[];
  /**
   * The search space in the form of `ParameterRanges` in the SageMaker API. Parts of it can be expressions.
   *
   * @default - `parameterRanges`
   */
  readonly parameterRangesInput?: sfn.TaskInput;
  /**
   * The settings of the training jobs. Specify `trainingJobDefinitions`, or else all three of `trainingJobDefinition`,
   * `objective` and the search space.
   *
   * @default - `trainingJobDefinitions`
   */
  readonly trainingJobDefinition?: TrainingJobDefinition;
  /**
   * Training jobs of several algorithms: 1 to 10 definitions. It is unknown whether the optimized integration of Step
   * Functions supports this field. If Step Functions rejects the request, use `CallAwsService` or `TuningWorkflow`.
   *
   * @default - `trainingJobDefinition`
   */
  readonly trainingJobDefinitions?: TuningTrainingJobDefinition[];
  /**
   * How the tuning job chooses the hyperparameters of the next training jobs.
   *
   * @default TuningStrategy.bayesian()
   */
  readonly strategy?: TuningStrategy;
  /**
   * Number of training jobs that the tuning job runs.
   *
   * @default - SageMaker's default
   */
  readonly maxTrainingJobs?: number;
  /**
   * Number of training jobs that run at the same time.
   *
   * @default 1
   */
  readonly maxParallelTrainingJobs?: number;
  /**
   * Maximum run time of the tuning job.
   *
   * @default - limited only by the account's quota
   */
  readonly maxRuntime?: Duration;
  /**
   * Whether SageMaker stops training jobs that are unlikely to improve on the best one.
   *
   * @default false
   */
  readonly earlyStopping?: boolean;
  /**
   * Earlier tuning jobs to learn from.
   *
   * @default - none
   */
  readonly warmStart?: WarmStart;
  /**
   * The earlier tuning jobs in the form of `ParentHyperParameterTuningJobs` in the SageMaker API. The value can
   * be an expression.
   *
   * @default - the tuning jobs in `warmStart`
   */
  readonly warmStartParentsInput?: sfn.TaskInput;
  /**
   * Tags of the tuning job and its training jobs.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

/** Properties of `CreateHyperParameterTuningJobTask` with JSONPath. */
export interface CreateHyperParameterTuningJobTaskJsonPathProps
  extends sfn.TaskStateJsonPathBaseProps,
    CreateHyperParameterTuningJobTaskOptions {}

/** Properties of `CreateHyperParameterTuningJobTask` with JSONata. */
export interface CreateHyperParameterTuningJobTaskJsonataProps
  extends sfn.TaskStateJsonataBaseProps,
    CreateHyperParameterTuningJobTaskOptions {}

/** Properties of `CreateHyperParameterTuningJobTask`. */
export interface CreateHyperParameterTuningJobTaskProps
  extends sfn.TaskStateBaseProps,
    CreateHyperParameterTuningJobTaskOptions {}

/**
 * A task that starts a hyperparameter tuning job. With `IntegrationPattern.RUN_JOB`, it waits until the job ends.
 *
 * With `RUN_JOB`, the result contains the name of the best training job in `BestTrainingJob.TrainingJobName`, but not
 * its metrics or hyperparameters. `BestTrainingJob` is missing if no training job reported the metric.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export class CreateHyperParameterTuningJobTask extends sfn.TaskStateBase {
  /**
   * Creates a task that uses JSONPath.
   *
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`; the name of the state unless `stateName` is given
   * @param props the settings of the tuning job and of the state
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  static jsonPath(
    scope: Construct,
    id: string,
    props: CreateHyperParameterTuningJobTaskJsonPathProps,
  ): CreateHyperParameterTuningJobTask {
    return new CreateHyperParameterTuningJobTask(scope, id, props);
  }

  /**
   * Creates a task that uses JSONata.
   *
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`; the name of the state unless `stateName` is given
   * @param props the settings of the tuning job and of the state
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  static jsonata(
    scope: Construct,
    id: string,
    props: CreateHyperParameterTuningJobTaskJsonataProps,
  ): CreateHyperParameterTuningJobTask {
    return new CreateHyperParameterTuningJobTask(scope, id, {
      ...props,
      queryLanguage: sfn.QueryLanguage.JSONATA,
    });
  }

  /** Metrics of the task. */
  protected readonly taskMetrics?: sfn.TaskMetricsConfig;
  /** Permissions that the state machine's role needs. */
  protected readonly taskPolicies?: iam.PolicyStatement[];
  private readonly integrationPattern: sfn.IntegrationPattern;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`; the name of the state unless `stateName` is given
   * @param props the settings of the tuning job and of the state
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: CreateHyperParameterTuningJobTaskProps,
  ) {
    super(scope, id, props);
    validateTuningTask(this.node.path, props);
    this.integrationPattern = props.integrationPattern ?? sfn.IntegrationPattern.REQUEST_RESPONSE;
    warnOfVolumesWithoutKey(scope, trainingDefinitions(props));
    this.taskPolicies = jobPolicies(this, TUNING_JOB, {
      namePrefix: knownNamePrefix(props.tuningJobName, props.jobNamePrefix),
      roles: trainingDefinitions(props).map(({ role }) => role),
      waits: this.integrationPattern === sfn.IntegrationPattern.RUN_JOB,
    });
  }

  /** @internal */
  protected _renderTask(topLevelQueryLanguage?: sfn.QueryLanguage): unknown {
    const language = this.props.queryLanguage ?? topLevelQueryLanguage;
    return renderSageMakerTask(
      'createHyperParameterTuningJob',
      this.integrationPattern,
      renderTuningJob(this.props),
      language,
    );
  }
}
