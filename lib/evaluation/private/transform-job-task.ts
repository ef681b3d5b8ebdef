import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { jobPolicies, TRANSFORM_JOB } from '../../private/job-policies';
import { renderSageMakerTask } from '../../private/task-integration';

/** Properties of a task that runs a transform job. */
export interface TransformJobTaskProps extends sfn.TaskStateJsonataBaseProps {
  /** The request, with JSONata expressions. */
  readonly request: object;
  /** Prefix of the job names, including the hyphen. */
  readonly jobNamePrefix: string;
}

/**
 * Runs a transform job to its end. Unlike `SageMakerCreateTransformJob` of aws-cdk-lib, this task joins the predictions
 * with the input (`DataProcessing`), and limits the permissions to the prefix of the job names.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
 */
export class TransformJobTask extends sfn.TaskStateBase {
  protected readonly taskMetrics?: sfn.TaskMetricsConfig;
  protected readonly taskPolicies?: iam.PolicyStatement[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: TransformJobTaskProps,
  ) {
    super(scope, id, { ...props, queryLanguage: sfn.QueryLanguage.JSONATA });
    this.taskPolicies = jobPolicies(this, TRANSFORM_JOB, {
      namePrefix: props.jobNamePrefix,
      roles: [],
      waits: true,
    });
  }

  /** @internal */
  protected _renderTask(): unknown {
    const { request } = this.props;
    const pattern = sfn.IntegrationPattern.RUN_JOB;
    return renderSageMakerTask('createTransformJob', pattern, request, sfn.QueryLanguage.JSONATA);
  }
}
