import { Aws, Fn } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { JOB_NAME_PREFIX_LENGTH } from './limits';

/** Number of hexadecimal digits in the first part of the UUID at the end of `AWS::StackId`. */
const STACK_DIGITS = 8;

/**
 * A unique prefix for job names, from a hash of the construct's path and digits of the stack ID. Other constructs in
 * the stack and other stacks with the same template have different prefixes.
 */
export function uniquePrefix(construct: Construct, length: number = JOB_NAME_PREFIX_LENGTH): string {
  const ofConstruct = construct.node.addr.slice(-(length - STACK_DIGITS - 1));
  return `${ofConstruct}-${stackDigits()}`;
}

/**
 * Digits that are unique to a stack: the first part of the UUID in `AWS::StackId`. A later stack with the same name has
 * different digits.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
 */
export function stackDigits(): string {
  const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  return Fn.select(0, Fn.split('-', stackUuid));
}
