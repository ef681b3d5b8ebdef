import { Aws, Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JOB_NAME_PREFIX_LENGTH } from './limits';

/** Number of hexadecimal digits in the first part of the UUID that ends `AWS::StackId`. */
const STACK_DIGITS = 8;

/**
 * A prefix for job names that no other construct of the stack has, and no other stack that is deployed from the same
 * template: digits of the construct's path and of the stack.
 */
export function uniquePrefix(construct: Construct): string {
  const ofConstruct = construct.node.addr.slice(-(JOB_NAME_PREFIX_LENGTH - STACK_DIGITS - 1));
  return `${ofConstruct}-${stackDigits()}`;
}

/**
 * Digits that no other stack has, not even a later one of the same name: the first part of the UUID in `AWS::StackId`.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
 */
export function stackDigits(): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return Fn.select(0, Fn.split('-', stackUuid));
}
