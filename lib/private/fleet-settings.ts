import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';

/** The members of the Map's item processor that affect the results of its items. */
interface ItemProcessor {
  readonly States?: Readonly<Record<string, State>>;
}

interface State {
  readonly Comment?: unknown;
  readonly Retry?: unknown;
  readonly Arguments?: { readonly Tags?: unknown };
}

/**
 * A string that changes only if the states of an item change. It consists of a hash of the states, followed by the
 * values of the states' tokens. The hash covers only the references of the tokens, because their values are known only
 * in the deployed stack.
 *
 * @param states the item processor as in the template, with resolved tokens
 */
export function settingsOf(states: ItemProcessor): string {
  const tokens = new Map<string, unknown>();
  const hash = createHash('sha256')
    .update(JSON.stringify(withReferences(compared(states), tokens)))
    .digest('hex');
  return [hash, ...[...tokens.values()].map((token) => Token.asString(token))].join(' ');
}

/**
 * The states without their comments, retries and tags, which do not affect the result of an item. Tags can differ in
 * each deployment, for example if they contain a build number. Only these members of a state are left out: other
 * members with these names can be settings, such as an environment variable `Tags`.
 */
function compared({ States = {}, ...others }: ItemProcessor): object {
  const states = Object.entries(States).map(([name, { Comment, Retry, ...state }]) => {
    const { Tags, ...parameters } = state.Arguments ?? {};
    return [name, { ...state, ...(state.Arguments && { Arguments: parameters }) }];
  });
  return { ...others, States: Object.fromEntries(states) };
}

/** Returns the value. Adds all CloudFormation references and functions in the value to `tokens`. */
function withReferences(value: unknown, tokens: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => withReferences(each, tokens));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const [[name, inner] = []] = members;
  if (members.length === 1 && name === 'Fn::Join') return withReferences(inner, tokens);
  if (members.length === 1 && (name === 'Ref' || name?.startsWith('Fn::'))) {
    tokens.set(JSON.stringify(value), value);
    return value;
  }
  return Object.fromEntries(members.map(([member, each]) => [member, withReferences(each, tokens)]));
}
