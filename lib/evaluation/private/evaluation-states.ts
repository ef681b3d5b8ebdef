import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { FAILURE } from '../../private/error-reasons';
import { addTags, jobArn, MODEL, passRole } from '../../private/job-policies';
import { jsonata, literal } from '../../private/jsonata';
import { waitForQuota } from '../../private/quota';
import { retryJobCreation, retryRegistration, retryThrottledFunction } from '../../private/retries';
import type { TuningRequestProps } from '../../private/tuning-requests';
import { evaluationEvent, modelRequest, transformRequest } from './evaluation-requests';
import { finalModelSentence } from './final-model';
import { registrationStatements } from './model-package-group';
import { approvalStatus, registrationRequest } from './registration-request';
import { TransformJobTask } from './transform-job-task';

/** Everything that the states after the final training need. */
export interface EvaluationStatesProps extends TuningRequestProps {
  /** Execution role of the SageMaker model; undefined without an evaluation. */
  readonly modelRole?: iam.IRole;
  /** Computes the metrics; undefined without an evaluation. */
  readonly evaluateModelFunction?: lambda.IFunction;
  /** Name of the model package group; undefined if the model is not registered. */
  readonly modelPackageGroupName?: string;
}

/** JSONata for the state's input without the fields that a wait for a quota adds. */
const INPUT = "$sift($states.input, function($value, $name) { $not($name in ['quota', 'failure']) })";

/** The states that evaluate and register the final model, in a chain. */
export class EvaluationStates {
  readonly start: sfn.TaskStateBase;

  /**
   * @param ends the state that follows after success, and the state that follows after an error, with the error in
   * `failure`
   */
  constructor(
    private readonly scope: Construct,
    private readonly props: EvaluationStatesProps,
    private readonly ends: { readonly next: sfn.State; readonly failed: sfn.State },
  ) {
    const states = [
      ...(props.evaluation ? [this.createModel(), this.transform(), this.evaluate()] : []),
      ...(props.registry ? [this.register()] : []),
    ];
    for (const [index, state] of states.entries()) state.next(states[index + 1] ?? ends.next);
    this.start = states[0] as sfn.TaskStateBase;
  }

  private createModel(): sfn.TaskStateBase {
    const { scope, props } = this;
    const create = tasks.CallAwsService.jsonata(scope, 'CreateModel', {
      comment: 'Creates the SageMaker model that the transform job uses',
      service: 'sagemaker',
      action: 'createModel',
      parameters: modelRequest(props),
      iamResources: [jobArn(scope, MODEL, props.jobNamePrefix)],
      additionalIamStatements: [
        passRole(props.modelRole as iam.IRole),
        addTags(scope, MODEL, props.jobNamePrefix),
      ],
      outputs: added(
        "{'model': {'name': $substringAfter($states.result.ModelArn, 'model/'), 'arn': $states.result.ModelArn}}",
      ),
    });
    retryJobCreation(create, props);
    return this.catching(create, {
      error: 'EvaluationFailed',
      what: 'The model for the evaluation could not be created',
    });
  }

  private transform(): sfn.TaskStateBase {
    const { scope, props } = this;
    const transform = new TransformJobTask(scope, 'TransformTestData', {
      comment: 'Predicts the rows of the test data',
      request: transformRequest(props),
      jobNamePrefix: props.jobNamePrefix,
      outputs: added(
        "{'transformJob': {'name': $states.result.TransformJobName, 'arn': $states.result.TransformJobArn}}",
      ),
    });
    retryJobCreation(transform, props);
    waitForQuota(scope, transform, {
      suffix: '-Evaluation',
      maxWait: props.maxQuotaWait,
      also: finalModelSentence(props),
      exceeded: this.ends.failed,
    });
    return this.catching(transform, {
      error: 'EvaluationFailed',
      what: 'The transform job on the test data failed',
    });
  }

  private evaluate(): sfn.TaskStateBase {
    const evaluate = tasks.LambdaInvoke.jsonata(this.scope, 'EvaluateModel', {
      comment: 'Computes the metrics of the predictions, and checks the quality gate',
      lambdaFunction: this.props.evaluateModelFunction as lambda.IFunction,
      payload: evaluationEvent(this.props),
      outputs: added(
        "{'evaluation': $merge([$states.result.Payload.evaluation, {'transformJob': $states.input.transformJob, 'model': $states.input.model}]), 'gate': $states.result.Payload.gate, 'charts': $states.result.Payload.charts}",
      ),
    });
    retryThrottledFunction(evaluate, this.props);
    return this.catching(evaluate, {
      error: 'EvaluationFailed',
      what: 'The metrics of the test data could not be computed',
    });
  }

  private register(): sfn.TaskStateBase {
    const { scope, props } = this;
    const permissions = registrationStatements(scope, props);
    const register = tasks.CallAwsService.jsonata(scope, 'RegisterModel', {
      comment: 'Registers the final model; a repeated request creates no second version',
      service: 'sagemaker',
      action: 'createModelPackage',
      parameters: registrationRequest(props),
      iamResources: permissions.resources,
      additionalIamStatements: permissions.others,
      outputs: added(`{'modelPackage': {
  'arn': $states.result.ModelPackageArn,
  'group': ${literal(props.modelPackageGroupName)},
  'version': $number($split($states.result.ModelPackageArn, '/')[-1]),
  'approvalStatus': ${approvalStatus(props)}
}}`),
    });
    retryRegistration(register);
    return this.catching(register, {
      error: 'ModelRegistrationFailed',
      what: 'The final model could not be registered',
    });
  }

  /** @param what the beginning of the error's cause: a sentence that says which step failed */
  private catching(
    task: sfn.TaskStateBase,
    { error, what }: { readonly error: string; readonly what: string },
  ): sfn.TaskStateBase {
    task.addCatch(this.ends.failed, {
      errors: [sfn.Errors.TASKS_FAILED, sfn.Errors.TIMEOUT],
      outputs: added(
        `{'failure': {
  'Error': '${error}',
  'Cause': '${what}: ' & $states.errorOutput.Error & ': ' & ${FAILURE} & ${finalModelSentence(this.props)}
}}`,
      ),
    });
    return task;
  }
}

/** The state's input with more fields. */
function added(fields: string): string {
  return jsonata(`$merge([${INPUT}, ${fields}])`);
}
