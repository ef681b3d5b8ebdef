import { Template } from 'aws-cdk-lib/assertions';
import type { TuningWorkflowProps } from '../lib';
import { flat, type Json, stackOf, workflow } from './fixtures';

export const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef';

export function templateOf(props: Partial<TuningWorkflowProps> = {}, stack = stackOf()): Template {
  workflow(props, stack);
  return Template.fromStack(stack);
}

/** The resource that has the given type and a matching logical ID. There must be exactly one. */
export function resourceOf(template: Template, type: string, id = /./): Json {
  const found = Object.entries(template.findResources(type)).filter(([name]) => id.test(name));
  expect(found).toHaveLength(1);
  return flat(found[0]?.[1]);
}

export const ARN = (service: string, rest: string) =>
  `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${rest}`;
export const allow = (action: string | string[], resource: unknown, condition?: object) => ({
  Effect: 'Allow',
  Action: action,
  Resource: resource,
  ...(condition && { Condition: condition }),
});
