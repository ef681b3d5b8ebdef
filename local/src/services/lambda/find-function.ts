import type { FunctionResource } from '../../assembly/deployment';
import { AwsError } from '../aws-error';

/**
 * Finds a function by its name, `name:qualifier`, partial ARN or ARN.
 *
 * @throws AwsError when the template has no such function, or local mode cannot run it
 */
export function findFunction(functions: readonly FunctionResource[], reference: string): FunctionResource {
  const name = reference.replace(/^.*:?function:/, '').split(':')[0] ?? '';
  const found = functions.find((each) => each.name === name);
  if (found === undefined) {
    const known = functions.map((each) => each.name).join(', ') || 'none';
    throw new AwsError(
      'ResourceNotFoundException',
      `Function not found: ${reference} (functions of the template: ${known})`,
      404,
    );
  }
  if (!found.runtime.startsWith('nodejs')) {
    throw new AwsError(
      'InvalidRuntimeException',
      `local mode only runs Node.js functions; "${found.logicalId}" has the runtime ${found.runtime}`,
      502,
    );
  }
  return found;
}
