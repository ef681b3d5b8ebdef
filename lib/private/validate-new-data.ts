import { Token } from 'aws-cdk-lib';
import type { DataLocation } from '../data-location';
import type { SageMakerWorkflow } from '../sagemaker-workflow';
import type { NewDataOptions } from '../workflow-options';
import { DEFAULT_OBJECTS, type WorkflowPlaces } from './new-data-rule';
import { NEW_DATA } from './operations-shape';
import { Problems } from './problems';
import { requireShape } from './shape';
import { checkAlias, checkDescription } from './validate-operations';

/**
 * Checks the options of a rule that starts an execution for each new object that matches.
 *
 * @throws Error named `TuningValidationError` that lists every problem
 */
export function validateNewData(
  path: string,
  workflow: SageMakerWorkflow,
  options: NewDataOptions,
  places: WorkflowPlaces,
): void {
  requireShape(path, NEW_DATA, options);
  const { location = places.input, objects = DEFAULT_OBJECTS } = options;
  const problems = new Problems();
  if (!location._bucket) {
    problems.add(
      'location',
      `must come from a bucket construct, because the bucket must send its events to EventBridge, got ${location.uri}: use DataLocation.fromBucket`,
    );
  }
  for (const [index, object] of objects.entries()) {
    checkObject(problems, `objects[${index}]`, object, location, places.output);
  }
  checkAlias(problems, workflow, options.alias);
  checkDescription(problems, options.description);
  problems.throwIfAny(path);
}

function checkObject(
  problems: Problems,
  prop: string,
  object: string,
  location: DataLocation,
  output: DataLocation,
): void {
  if (object === '' || object.startsWith('/') || object.includes('**')) {
    problems.add(
      prop,
      `must be a key relative to the location, without a leading slash and without **, got ${JSON.stringify(object)}`,
    );
  } else if (location._bucket === output._bucket && mayMatchBelow(location._key, object, output._key)) {
    problems.add(
      prop,
      `must not match objects that the workflow writes to ${JSON.stringify(output._key)}, because each execution would start another one, got ${JSON.stringify(`${location._key}${object}`)}`,
    );
  }
}

/** Whether a pattern can match a key that begins with a prefix; false if this is unknown before the deployment. */
function mayMatchBelow(folder: string, object: string, prefix: string): boolean {
  const pattern = `${folder}${object}`;
  if (Token.isUnresolved(pattern) || Token.isUnresolved(prefix)) return false;
  const wildcard = folder.length + object.indexOf('*');
  if (!object.includes('*')) return pattern.startsWith(prefix);
  const start = pattern.slice(0, wildcard);
  return start.startsWith(prefix) || prefix.startsWith(start);
}
