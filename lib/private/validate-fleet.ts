import { Token } from 'aws-cdk-lib';
import type { TuningFleetProps } from '../tuning-fleet';
import { LIMITS } from './limits';
import { Problems } from './problems';
import { TUNING_FLEET } from './tuning-shape';
import { checkLocations } from './validate-jobs';
import { validateWorkflow } from './validate-workflow';

/**
 * Checks the properties of a fleet that its fragment does not check.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateFleet(path: string, props: TuningFleetProps): void {
  validateWorkflow(path, TUNING_FLEET, props);
  const problems = new Problems();
  const { items, maxConcurrency, toleratedFailures } = props;
  if (props.registry) {
    problems.add('registry', 'is not supported in a fleet: all items would share one model package group');
  }
  problems.integer('maxConcurrency', maxConcurrency, 1, LIMITS.childExecutions, 'limit of Step Functions');
  if (items) checkLocations(problems, 'items', [items._location]);
  if (items?._format === 'FOLDERS' && !items._location._uriPrefix.endsWith('/')) {
    problems.add(
      'items',
      `must be a prefix that ends with /, because the folders are directly below it, got ${items._location.uri}`,
    );
  }
  if (toleratedFailures?._unit === 'count') {
    problems.integer('toleratedFailures', toleratedFailures._value, 0, Number.POSITIVE_INFINITY);
  }
  if (toleratedFailures?._unit === 'percentage') checkPercentage(problems, toleratedFailures._value);
  problems.throwIfAny(path);
}

function checkPercentage(problems: Problems, value: number): void {
  if (Token.isUnresolved(value) || (value >= 0 && value <= 100)) return;
  problems.add('toleratedFailures', `must be a percentage from 0 to 100, got ${value}`);
}
