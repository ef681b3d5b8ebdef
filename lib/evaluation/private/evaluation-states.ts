import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import type { Construct } from 'constructs';
import { FAILURE } from '../../private/error-reasons';
import { addTags, jobArn, MODEL, passRole } from '../../private/job-policies';
import { jsonata } from '../../private/jsonata';
import { waitForQuota } from '../../private/quota';
import {
  retryFunction,
  retryGroupCreation,
  retryJobCreation,
  retryRegistration,
} from '../../private/retries';
import { catchFailure, TRANSIENT_CAUSE } from '../../private/throttling';
import type { TuningRequestProps } from '../../private/tuning-requests';
import { evaluationEvent, modelRequest, transformRequest } from './evaluation-requests';
import { finalModelSentence } from './final-model';
import {
  groupArns,
  groupField,
  groupName,
  groupRequest,
  registrationStatements,
} from './model-package-group';
import { approvalStatus, registrationRequest } from './registration-request';
import { TransformJobTask } from './transform-job-task';

/** Everything that the states after the final training need. */
export interface EvaluationStatesProps extends TuningRequestProps {
  /** Execution role of the SageMaker model; undefined without an evaluation. */
  readonly modelRole?: iam.IRole;
  /** The function that computes the metrics; undefined without an evaluation. */
  readonly evaluateModelFunction?: lambda.IFunction;
  /**
   * Name of the model package group, or the prefix of the names in a fleet; undefined if the model is not registered.
   */
  readonly modelPackageGroupName?: string;
}

/** JSONata for the state's input, without the fields that earlier waiting states (quota, throttling) added. */
const INPUT =
  "$sift($states.input, function($value, $name) { $not($name in ['quota', 'throttled', 'failure']) })";

/** The error and the cause with which a failed step makes the execution fail. */
interface FailedStep {
  readonly error: string;
  /** The beginning of the cause, such as `The final model could not be registered`. */
  readonly what: string;
}

const REGISTRATION_FAILED: FailedStep = {
  error: 'ModelRegistrationFailed',
  what: 'The final model could not be registered',
};

/** How many times the state that creates a group can fail. Before each failure, the state uses up its retries. */
const MAX_GROUP_FAILURES = 10;

/**
 * How many failures an error counts that is no throttling, such as a missing permission. A repeated request will probably
 * fail with the same error, so the second such error is the last.
 */
const LASTING_GROUP_FAILURE = 5;

/** The states that evaluate and register the final model, in a chain. */
export class EvaluationStates {
  readonly start: sfn.State;

  /** @param ends `next` follows after success; `failed` follows after an error, and gets the error in `failure` */
  constructor(
    private readonly scope: Construct,
    private readonly props: EvaluationStatesProps,
    private readonly ends: { readonly next: sfn.State; readonly failed: sfn.State },
  ) {
    const registration = props.registry ? this.registration() : ends.next;
    const evaluation = props.evaluation ? [this.createModel(), this.transform(), this.evaluate()] : [];
    for (const [index, state] of evaluation.entries()) state.next(evaluation[index + 1] ?? registration);
    this.start = evaluation[0] ?? registration;
  }

  /** Registers the model. In a fleet, first creates the item's group if the group does not exist. */
  private registration(): sfn.State {
    const register = this.register();
    register.next(this.ends.next);
    if (!this.props._isFleetItem) return register;
    const find = this.findGroup();
    const create = this.createGroup(find);
    create.next(register);
    const hasGroup = sfn.Choice.jsonata(this.scope, 'HasModelPackageGroup')
      .when(sfn.Condition.jsonata(jsonata('$states.input.hasGroup')), register)
      .when(
        sfn.Condition.jsonata(
          jsonata(
            `$exists($states.input.groupFailures) and $states.input.groupFailures >= ${MAX_GROUP_FAILURES}`,
          ),
        ),
        this.ends.failed,
        { outputs: added("{'failure': $states.input.groupFailure}") },
      )
      .otherwise(create);
    find.next(hasGroup);
    return find;
  }

  /**
   * Looks for the item's group in the list of all groups. Describing the group is not enough, because SageMaker's error
   * for a missing group has the same name as other errors.
   */
  private findGroup(): sfn.TaskStateBase {
    const { scope, props } = this;
    const find = tasks.CallAwsService.jsonata(scope, 'FindModelPackageGroup', {
      comment: 'Finds out whether the item has a model package group',
      service: 'sagemaker',
      action: 'listModelPackageGroups',
      parameters: { NameContains: groupField(props) },
      // ListModelPackageGroups has no resource-level permissions.
      iamResources: ['*'],
      outputs: added(
        `{'hasGroup': $count($filter($states.result.ModelPackageGroupSummaryList, function($group) { $group.ModelPackageGroupName = (${groupName(props)}) })) > 0}`,
      ),
    });
    retryJobCreation(find, props);
    return this.catching(find, REGISTRATION_FAILED, '-Group');
  }

  /**
   * After an error, looks for the group again: another execution may have created it, or only the response was lost.
   * The error for an existing group has the same name as the error for throttling.
   */
  private createGroup(find: sfn.State): sfn.TaskStateBase {
    const { scope, props } = this;
    const resources = groupArns(scope, props);
    const create = tasks.CallAwsService.jsonata(scope, 'CreateModelPackageGroup', {
      comment: 'Creates the model package group of the item',
      service: 'sagemaker',
      action: 'createModelPackageGroup',
      parameters: groupRequest(scope, props),
      iamResources: resources,
      additionalIamStatements: [new iam.PolicyStatement({ actions: ['sagemaker:AddTags'], resources })],
      outputs: jsonata(INPUT),
    });
    retryGroupCreation(create);
    create.addCatch(find, {
      errors: [sfn.Errors.TASKS_FAILED, sfn.Errors.TIMEOUT],
      outputs: added(`{
  'groupFailures': $sum([$states.input.groupFailures, $contains($states.errorOutput.Cause, ${TRANSIENT_CAUSE}) ? 1 : ${LASTING_GROUP_FAILURE}]),
  'groupFailure': ${this.failure(REGISTRATION_FAILED)}
}`),
    });
    return create;
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
    const step = { error: 'EvaluationFailed', what: 'The model for the evaluation could not be created' };
    return this.catching(create, step, '-Model');
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
    const step = { error: 'EvaluationFailed', what: 'The transform job on the test data failed' };
    return this.catching(transform, step, '-Evaluation');
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
    retryFunction(evaluate);
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
  'group': ${groupName(props)},
  'version': $number($split($states.result.ModelPackageArn, '/')[-1]),
  'approvalStatus': ${approvalStatus(props)}
}}`),
    });
    retryRegistration(register);
    return this.catching(register, REGISTRATION_FAILED, '-Registration');
  }

  /** Adds the catch of a step. @param suffix see {@link catchFailure} */
  private catching(task: sfn.TaskStateBase, step: FailedStep, suffix?: string): sfn.TaskStateBase {
    catchFailure(this.scope, task, this.props, {
      ...(suffix && { suffix }),
      failed: this.ends.failed,
      errors: [sfn.Errors.TASKS_FAILED, sfn.Errors.TIMEOUT],
      outputs: added(`{'failure': ${this.failure(step)}}`),
    });
    return task;
  }

  /** JSONata for the error of a step that failed. */
  private failure({ error, what }: FailedStep): string {
    return `{
  'Error': '${error}',
  'Cause': '${what}: ' & $states.errorOutput.Error & ': ' & ${FAILURE} & ${finalModelSentence(this.props)}
}`;
  }
}

/** JSONata for the state's input with additional fields. */
function added(fields: string): string {
  return jsonata(`$merge([${INPUT}, ${fields}])`);
}
