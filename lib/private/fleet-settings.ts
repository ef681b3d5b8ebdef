import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';

/**
 * Members of states that have no influence on the result of an item. Tags can differ in each deployment, for example if
 * they contain a build number.
 */
const IGNORED: readonly string[] = ['Comment', 'Retry', 'Tags'];

/**
 * A string that changes only if the states of an item change. It consists of a hash of the states and the values of
 * their tokens. The hash itself covers only the references of the tokens, because their values are known only in the
 * deployed stack.
 *
 * @param states the states as in the template, with resolved tokens
 */
export function settingsOf(states: unknown): string {
  const tokens = new Map<string, unknown>();
  const hash = createHash('sha256')
    .update(JSON.stringify(withoutIgnored(states, tokens)))
    .digest('hex');
  return [hash, ...[...tokens.values()].map((token) => Token.asString(token))].join(' ');
}

/**
 * Returns the value without the ignored members, and adds all references and functions of CloudFormation to `tokens`.
 */
function withoutIgnored(value: unknown, tokens: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((each) => withoutIgnored(each, tokens));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  const [[name, inner] = []] = members;
  if (members.length === 1 && name === 'Fn::Join') return withoutIgnored(inner, tokens);
  if (members.length === 1 && (name === 'Ref' || name?.startsWith('Fn::'))) {
    tokens.set(JSON.stringify(value), value);
    return value;
  }
  return Object.fromEntries(
    members
      .filter(([member]) => !IGNORED.includes(member))
      .map(([member, each]) => [member, withoutIgnored(each, tokens)]),
  );
}
