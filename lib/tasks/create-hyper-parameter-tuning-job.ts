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
  /** What the training jobs are compared by. */
  readonly objective: Objective;
  /**
   * The search space. Give either this or `parameterRangesInput`.
   *
   * @default - `parameterRangesInput`
   */
  readonly parameterRanges?: ParameterRange[];
  /**
   * The search space as the API's `ParameterRanges`, parts of which may be expressions.
   *
   * @default - `parameterRanges`
   */
  readonly parameterRangesInput?: sfn.TaskInput;
  /** The training jobs. */
  readonly trainingJobDefinition: TrainingJobDefinition;
}

/** What a tuning job is made of. Texts may be expressions of the state's query language. */
export interface CreateHyperParameterTuningJobTaskOptions {
  /** Name of the tuning job: 1 to 32 letters, digits and inner hyphens, unique in account and region. */
  readonly tuningJobName: string;
  /**
   * What the name begins with, where the name is an expression: the permissions are limited to such jobs.
   *
   * @default - the name itself; any job, where it is an expression
   */
  readonly jobNamePrefix?: string;
  /**
   * What the tuning job optimises.
   *
   * @default - each of `trainingJobDefinitions` has its own
   */
  readonly objective?: Objective;
  /**
   * The search space. Give either this or `parameterRangesInput`.
   *
   * @default - `parameterRangesInput`
   */
  readonly parameterRanges?: ParameterRange[];
  /**
   * The search space as the API's `ParameterRanges`, parts of which may be expressions.
   *
   * @default - `parameterRanges`
   */
  readonly parameterRangesInput?: sfn.TaskInput;
  /**
   * The training jobs. Give this with `objective` and its ranges, or `trainingJobDefinitions`.
   *
   * @default - `trainingJobDefinitions`
   */
  readonly trainingJobDefinition?: TrainingJobDefinition;
  /**
   * Training jobs of several algorithms, 1 to 10 definitions. Step Functions' optimised integration is not known to
   * take them: use `CallAwsService` or `TuningWorkflow` where it refuses.
   *
   * @default - `trainingJobDefinition`
   */
  readonly trainingJobDefinitions?: TuningTrainingJobDefinition[];
  /**
   * How the next hyperparameters are chosen.
   *
   * @default TuningStrategy.bayesian()
   */
  readonly strategy?: TuningStrategy;
  /**
   * How many training jobs the tuning job runs.
   *
   * @default - SageMaker's
   */
  readonly maxTrainingJobs?: number;
  /**
   * How many training jobs run at once.
   *
   * @default 1
   */
  readonly maxParallelTrainingJobs?: number;
  /**
   * How long the tuning job may take in all.
   *
   * @default - no limit but the account's quota
   */
  readonly maxRuntime?: Duration;
  /**
   * Whether SageMaker stops training jobs that promise nothing.
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
   * The earlier tuning jobs as the API's `ParentHyperParameterTuningJobs`, which may be an expression.
   *
   * @default - those that `warmStart` names
   */
  readonly warmStartParentsInput?: sfn.TaskInput;
  /**
   * Tags of the tuning job and its training jobs.
   *
   * @default - none
   */
  readonly tags?: { [key: string]: string };
}

/** Properties of a tuning task that uses JSONPath. */
export interface CreateHyperParameterTuningJobTaskJsonPathProps
  extends sfn.TaskStateJsonPathBaseProps,
    CreateHyperParameterTuningJobTaskOptions {}

/** Properties of a tuning task that uses JSONata. */
export interface CreateHyperParameterTuningJobTaskJsonataProps
  extends sfn.TaskStateJsonataBaseProps,
    CreateHyperParameterTuningJobTaskOptions {}

/** Properties of a tuning task. */
export interface CreateHyperParameterTuningJobTaskProps
  extends sfn.TaskStateBaseProps,
    CreateHyperParameterTuningJobTaskOptions {}

/**
 * A state that starts a hyperparameter tuning job and, with `RUN_JOB`, waits for it.
 *
 * The result of `RUN_JOB` holds only the name of the best training job (`BestTrainingJob.TrainingJobName`,
 * missing where no training job gave a metric), neither its metrics nor its hyperparameters.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-sagemaker.html
 */
export class CreateHyperParameterTuningJobTask extends sfn.TaskStateBase {
  /** Makes the state for JSONPath. */
  static jsonPath(
    scope: Construct,
    id: string,
    props: CreateHyperParameterTuningJobTaskJsonPathProps,
  ): CreateHyperParameterTuningJobTask {
    return new CreateHyperParameterTuningJobTask(scope, id, props);
  }

  /** Makes the state for JSONata. */
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
  /** What the state machine's role is granted. */
  protected readonly taskPolicies?: iam.PolicyStatement[];
  private readonly integrationPattern: sfn.IntegrationPattern;

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
