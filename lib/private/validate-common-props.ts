import { Token } from 'aws-cdk-lib';
import parse, { type JsonataError } from 'jsonata';
import { EXECUTION_TAG } from './execution-tag';
import { type FleetItemOptions, ITEM_TAG } from './fleet-item';
import { innerExpression, isJsonata } from './jsonata';
import { FLEET_JOB_NAME_PREFIX_LENGTH, JOB_NAME_PREFIX_LENGTH, LIMITS } from './limits';
import type { Problems } from './problems';

/**
 * Checks the tags of a job. The construct can add a tag of its own.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Tag.html
 */
export function checkTags(problems: Problems, tags: Record<string, string> | undefined, max: number): void {
  problems.count('tags', tags && Object.keys(tags), 0, max);
  for (const [key, value] of Object.entries(tags ?? {})) {
    problems.length('tags', key, 1, LIMITS.tagKeyLength);
    problems.length(`tags.${key}`, value, 0, LIMITS.tagValueLength);
    checkTagText(problems, `tags.${key}`, 'key', key);
    checkTagText(problems, `tags.${key}`, 'value', value);
    if (/^aws:/i.test(key)) problems.add(`tags.${key}`, 'must not begin with aws:, which AWS reserves');
    if (key === EXECUTION_TAG || key === ITEM_TAG)
      problems.add(`tags.${key}`, 'is reserved for the construct: use another key');
  }
}

function checkTagText(problems: Problems, prop: string, part: 'key' | 'value', text: string): void {
  if (Token.isUnresolved(text) || LIMITS.tagPattern.test(text)) return;
  problems.add(
    prop,
    `the ${part} must consist of letters, digits, white space and _ . : / = + - @, got ${JSON.stringify(text)}`,
  );
}

/** Checks the expression for the input of a chain of states. */
export function checkInput(problems: Problems, input: string | undefined): void {
  if (input === undefined) return;
  if (!isJsonata(input)) {
    problems.add('input', `must be a JSONata string, {% … %}, got ${JSON.stringify(input)}`);
    return;
  }
  if (Token.isUnresolved(input)) return;
  try {
    parse(innerExpression(input));
  } catch (cause) {
    const { message, position } = cause as JsonataError;
    problems.add(
      'input',
      `must be valid JSONata, got ${JSON.stringify(input)}: ${message} (position ${position} of the expression)`,
    );
  }
}

/** Maximum length of the prefix of job names. */
export function jobNamePrefixLength({ _isFleetItem }: FleetItemOptions): number {
  return _isFleetItem ? FLEET_JOB_NAME_PREFIX_LENGTH : JOB_NAME_PREFIX_LENGTH;
}

/** Checks the prefix of job names. */
export function checkJobNamePrefix(
  problems: Problems,
  prefix: string | undefined,
  maxLength: number = JOB_NAME_PREFIX_LENGTH,
): void {
  if (prefix === undefined) return;
  if (Token.isUnresolved(prefix)) {
    problems.add(
      'jobNamePrefix',
      'must be known at synth, because the library checks its characters; leave it out to derive it from the deployed stack',
    );
  } else if (!/^[a-z0-9](-*[a-z0-9])*$/.test(prefix) || prefix.length > maxLength) {
    problems.add(
      'jobNamePrefix',
      `must be 1 to ${maxLength} lowercase letters, digits and inner hyphens, got ${JSON.stringify(prefix)} (names of jobs have at most ${LIMITS.tuningJobNameLength} characters)`,
    );
  }
}
