import validate = require('asl-validator');

import { type TuningFragmentProps, TuningStrategy } from '../lib';
import { definitionIn, fragment, type Json, stackOf } from './fixtures';

export type Props = Partial<TuningFragmentProps>;

/** The definition of a state machine that contains only the fragment. */
export function definitionOf(props: Props = {}, stack = stackOf()): Json {
  const definition = definitionIn(fragment(props, stack), stack);
  expectValid(definition);
  return definition;
}

export function expectValid(definition: Json): void {
  const text = JSON.stringify(definition).replace(/<AWS::(Partition)>/g, 'aws');
  const { isValid, errors } = validate(JSON.parse(text));
  expect({ isValid, errors }).toEqual({ isValid: true, errors: [] });
}

export const CONTEXT = {
  Execution: { Id: 'arn:aws:states:eu-west-1:123456789012:execution:m:e1', RedriveCount: 0 },
  State: { Name: 'TuneHyperparameters', EnteredTime: '2026-01-01T00:00:00Z', RetryCount: 0 },
};

export const HYPERBAND = { strategy: TuningStrategy.hyperband({ maxResource: 100 }) };

/** Resolves a template value for a stack whose ID ends with this UUID. */
export function deployed(value: Json, uuid: string): Json {
  if (typeof value !== 'object') return value;
  const [[name, argument]] = Object.entries(value) as [[string, Json]];
  if (name === 'Ref' && argument === 'AWS::StackId')
    return `arn:aws:cloudformation:eu-west-1:123456789012:stack/Mine/${uuid}`;
  const [first, second] = argument;
  if (name === 'Fn::Select') return deployed(second, uuid)[first];
  if (name === 'Fn::Split') return deployed(second, uuid).split(first);
  if (name === 'Fn::Join') return second.map((part: Json) => deployed(part, uuid)).join(first);
  throw new Error(`not expected in a prefix: ${name}`);
}
