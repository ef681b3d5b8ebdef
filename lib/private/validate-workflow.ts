import { type Duration, Token } from 'aws-cdk-lib';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { LIMITS } from './limits';
import { folder } from './locations';
import { Problems } from './problems';
import { requireShape, type Shape } from './shape';

/** Options that a workflow has in addition to the options of its fragment. */
export interface WorkflowOptions {
  readonly bucket?: s3.IBucket;
  readonly outputPrefix?: string;
  readonly train?: unknown;
  readonly trainPrefix?: string;
  readonly validation?: unknown;
  readonly validationPrefix?: string;
  readonly test?: unknown;
  readonly testPrefix?: string;
  readonly evaluation?: unknown;
  readonly trialRetention?: Duration;
  readonly stateMachineName?: string;
}

/**
 * Checks a workflow's properties, except those that its fragment checks.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateWorkflow(path: string, shape: Shape, props: WorkflowOptions): void {
  requireShape(path, shape, props);
  const problems = new Problems();
  checkOutputPrefix(problems, props);
  checkDataPrefixes(problems, props);
  checkTrialRetention(problems, props);
  checkStateMachineName(problems, props);
  problems.throwIfAny(path);
}

function checkOutputPrefix(problems: Problems, { outputPrefix }: WorkflowOptions): void {
  if (outputPrefix === undefined || folder(outputPrefix) !== '') return;
  problems.add(
    'outputPrefix',
    `must be a folder such as output/, got ${JSON.stringify(outputPrefix)}: otherwise the jobs could write to the whole bucket`,
  );
}

function checkDataPrefixes(
  problems: Problems,
  { train, trainPrefix, validation, validationPrefix, test, testPrefix, evaluation }: WorkflowOptions,
): void {
  const pairs: [string, unknown, string | undefined][] = [
    ['train', train, trainPrefix],
    ['validation', validation, validationPrefix],
    ['test', test, testPrefix],
  ];
  if (testPrefix !== undefined && !evaluation)
    problems.add('testPrefix', 'has no effect without evaluation: give evaluation, too (it can be empty)');
  for (const [name, data, prefix] of pairs) {
    if (prefix === undefined) continue;
    if (data !== undefined)
      problems.add(`${name}Prefix`, `is not used when ${name} is given: leave one of them out`);
    if (folder(prefix) === '')
      problems.add(`${name}Prefix`, `must be a folder such as input/${name}/, got ${JSON.stringify(prefix)}`);
  }
}

function checkTrialRetention(problems: Problems, { trialRetention, bucket }: WorkflowOptions): void {
  if (!trialRetention) return;
  if (bucket)
    problems.add(
      'trialRetention',
      'applies only to a new bucket: a given bucket keeps its own lifecycle rules',
    );
  if (trialRetention.isUnresolved()) return;
  problems.integer(
    'trialRetention',
    trialRetention.toDays({ integral: false }),
    1,
    Number.POSITIVE_INFINITY,
    'days',
  );
}

function checkStateMachineName(problems: Problems, { stateMachineName: name }: WorkflowOptions): void {
  if (name === undefined || Token.isUnresolved(name) || LIMITS.stateMachineNamePattern.test(name)) return;
  problems.add(
    'stateMachineName',
    `must be 1 to 80 letters, digits and characters of +!@.()-=_', got ${JSON.stringify(name)}`,
  );
}
