import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { validateAlias } from './private/validate-operations';
import type { SageMakerWorkflow } from './sagemaker-workflow';

/** Options for an alias of a workflow's state machine. */
export interface WorkflowAliasOptions {
  /**
   * ARN of the version that the alias points to: `arn:<partition>:states:<region>:<account>:stateMachine:<name>:<version>`.
   * To roll back, give the ARN of an earlier version.
   *
   * @default - the version that the deployment publishes
   */
  readonly versionArn?: string;
  /**
   * Description of the alias, at most 256 characters.
   *
   * @default - no description
   */
  readonly description?: string;
}

/** Properties of `WorkflowAlias`. */
export interface WorkflowAliasProps extends WorkflowAliasOptions {
  /** The workflow whose state machine gets the alias. */
  readonly workflow: SageMakerWorkflow;
  /**
   * Name of the alias: 1 to 80 letters, digits, hyphens, underscores and dots, not only digits. It must be unique within the
   * workflow.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html
   */
  readonly aliasName: string;
}

/**
 * An alias of a workflow's state machine: a name that points to one of its versions. Clients start the alias, so they need
 * no change when the alias points to another version. `SageMakerWorkflow.addAlias()` creates an alias.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
 */
export class WorkflowAlias extends Construct {
  /** Name of the alias. */
  readonly aliasName: string;
  /** ARN of the alias. Pass it to StartExecution as `stateMachineArn`. */
  readonly aliasArn: string;

  /** @internal */
  readonly _workflow: SageMakerWorkflow;

  /**
   * @param scope the parent construct
   * @param id the construct's ID, unique within `scope`
   * @param props the workflow, and the name of the alias
   * @throws Error named `TuningValidationError` that lists every problem with the properties
   */
  constructor(scope: Construct, id: string, props: WorkflowAliasProps) {
    // This check runs before `super`, because its error for a duplicate name is clearer than the constructs library's
    // error for a duplicate ID.
    validateAlias(`${scope.node.path}/${id}`, props);
    super(scope, id);
    this.aliasName = props.aliasName;
    this._workflow = props.workflow;
    props.workflow._aliasNames.add(props.aliasName);
    const versionArn = props.versionArn ?? props.workflow.currentVersion.attrArn;
    const alias = new sfn.CfnStateMachineAlias(this, 'Resource', {
      name: props.aliasName,
      description: props.description,
      routingConfiguration: [{ stateMachineVersionArn: versionArn, weight: 100 }],
    });
    this.aliasArn = alias.attrArn;
  }

  /**
   * Allows a principal to start executions through this alias only. Step Functions authorizes the call on the state
   * machine, with the alias in a condition key.
   *
   * @param grantee the principal, such as a role or a function
   * @see https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
   */
  grantStartExecution(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['states:StartExecution'],
      resourceArns: [this._workflow.stateMachine.stateMachineArn],
      conditions: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': [this.aliasName] } },
    });
  }
}
