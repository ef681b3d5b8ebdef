import * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { validateAlias } from './private/validate-operations';
import type { SageMakerWorkflow } from './sagemaker-workflow';

/** Options for an alias of a workflow's state machine. */
export interface WorkflowAliasOptions {
  /**
   * ARN of the version that the alias points to, such as an earlier one to roll back to:
   * `arn:<partition>:states:<region>:<account>:stateMachine:<name>:<version>`.
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

/** Properties of an alias of a workflow's state machine. */
export interface WorkflowAliasProps extends WorkflowAliasOptions {
  /** The workflow. */
  readonly workflow: SageMakerWorkflow;
  /**
   * Name of the alias: 1 to 80 letters, digits, hyphens, underscores and dots, not only digits. No other alias of the
   * workflow can have it.
   *
   * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachineAlias.html
   */
  readonly aliasName: string;
}

/**
 * An alias of a workflow's state machine: a name for one of its versions. Clients start the alias, and need no change
 * when it points to another version. `addAlias()` of a workflow creates one.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
 */
export class WorkflowAlias extends Construct {
  /** Name of the alias. */
  readonly aliasName: string;
  /** ARN of the alias: what StartExecution takes as `stateMachineArn`. */
  readonly aliasArn: string;

  /** @internal */
  readonly _workflow: SageMakerWorkflow;

  /**
   * @throws Error named `TuningValidationError` that lists every problem with the props
   */
  constructor(scope: Construct, id: string, props: WorkflowAliasProps) {
    // Before the construct is there, whose own check of its ID says less of a name that is taken.
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
   * Lets someone start executions through this alias, and only through it. Step Functions authorizes the call for the
   * state machine, with the alias in a condition key.
   *
   * @param grantee who may start them
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
