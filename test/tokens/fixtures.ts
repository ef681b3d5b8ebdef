import { CfnParameter, Fn, Lazy, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { DataLocation, InputData } from '../../lib';
import { fragment, type Json, stackOf, text } from '../fixtures';
import { errorOf, js } from '../malformed/fixtures';

/** Tokens of a string and a number: parameters, imports or lazy values. */
export interface Tokens {
  readonly text: string;
  readonly number: number;
}

const KINDS: Record<string, (stack: Stack) => Tokens> = {
  parameter: (stack) => {
    // Each parameter is created on first use, because CloudFormation warns about unused parameters.
    const parameter = (id: string, type: string) =>
      (stack.node.tryFindChild(id) as CfnParameter | undefined) ?? new CfnParameter(stack, id, { type });
    return {
      get text() {
        return parameter('TheToken', 'String').valueAsString;
      },
      get number() {
        return parameter('TheTokenNumber', 'Number').valueAsNumber;
      },
    };
  },
  import: () => {
    const imported = Fn.importValue('TheToken');
    return { text: imported, number: js(Lazy).number({ produce: () => 4711 }) };
  },
  lazy: () => ({
    text: Lazy.string({ produce: () => 'TheToken' }),
    number: Lazy.number({ produce: () => 4711 }),
  }),
};

/** Matches the token in a template: a reference, or the value of a lazy token. */
const REFERENCE = /<TheToken(Number)?>|<Fn::ImportValue>|TheToken|4711/;

/** Creates constructs with tokens in a stack. */
export type Make = (stack: Stack, tokens: Tokens) => unknown;
/** A prop that takes a token. */
export type Working = [prop: string, make: Make];
/** A prop that cannot be a token, and the error message, which names the prop. */
export type Refused = [prop: string, make: Make, message: string];

export const uri = (value: string) => DataLocation.fromUri(value);
export const data = (value: string) => InputData.csv(uri(value));
export const inFragment =
  (props: (tokens: Tokens) => object): Make =>
  (stack, tokens) =>
    machine(stack, fragment(props(tokens), stack));

/** A state machine with a chain of states. */
export function machine(
  stack: Stack,
  chain: sfn.IChainable,
  queryLanguage?: sfn.QueryLanguage,
): sfn.StateMachine {
  return new sfn.StateMachine(stack, 'Machine', {
    definitionBody: sfn.DefinitionBody.fromChainable(chain),
    queryLanguage,
  });
}

/** The resources of a template as one string, with references written as `<…>`. */
function rendered(stack: Stack): string {
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== 'object' || value === null) return value;
    const keys = Object.keys(value);
    if (keys.length === 1 && /^(Ref|Fn::(Join|ImportValue|GetAtt))$/.test(keys[0] ?? '')) return text(value);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner)]));
  };
  return JSON.stringify(walk(Template.fromStack(stack).toJSON().Resources));
}

/** Tests every kind of token: the template must contain a reference to the token, or the error must name the prop. */
export function testTokens(working: Working[], refused: Refused[] = []): void {
  describe.each(Object.entries(KINDS))('a token that is a(n) %s', (_kind, tokensOf) => {
    test.each(working)('%s', (_prop, make) => {
      const stack = stackOf();
      make(stack, tokensOf(stack));
      const resources = rendered(stack);
      expect(resources).toMatch(REFERENCE);
      // The template contains neither unresolved string tokens nor encoded number tokens.
      expect(resources).not.toMatch(/Token\[|e\+2\d\d/);
    });

    if (refused.length === 0) return;
    test.each(refused)('%s is refused', (_prop, make, message) => {
      const stack = stackOf();
      const error = errorOf(() => make(stack, tokensOf(stack)));
      expect(error).toEqual({ name: 'TuningValidationError', message: expect.stringContaining(message) });
      expect(error.message).not.toMatch(/Token\[|e\+2\d\d/);
    });
  });
}
