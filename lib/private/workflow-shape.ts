import { RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { TuningWorkflowProps } from '../tuning-workflow';
import type { WorkflowLogOptions } from '../workflow-options';
import { BUCKET } from './aws-shapes';
import { type Members, oneOf, optional, text } from './shape';

type Common = WorkflowLogOptions &
  Pick<TuningWorkflowProps, 'inputPrefix' | 'bucket' | 'outputPrefix' | 'removalPolicy' | 'stateMachineName'>;

/**
 * Removal policies for buckets and log groups: all except `SNAPSHOT`, because CloudFormation cannot take snapshots of
 * these resources.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
const { SNAPSHOT: _, ...POLICIES } = RemovalPolicy;
const REMOVAL_POLICY = oneOf(POLICIES);

/** Types of the properties that all workflows have in addition to the properties of their fragments. */
export const WORKFLOW: Members<Common> = {
  inputPrefix: optional(text),
  bucket: optional(BUCKET),
  outputPrefix: optional(text),
  removalPolicy: optional(REMOVAL_POLICY),
  stateMachineName: optional(text),
  logRetention: optional(oneOf(logs.RetentionDays)),
  logRemovalPolicy: optional(REMOVAL_POLICY),
};
