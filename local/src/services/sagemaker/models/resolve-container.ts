import { validationError } from '../../aws-error';
import type { EngineContext } from '../engine-context';
import { findPackage } from '../registry/package-operations';
import type { ContainerDefinition } from './model-types';

/**
 * Completes a container that names a model package: adds the package's image and model data.
 *
 * @throws AwsError ValidationException if the package does not exist, or if it is a version without approval:
 *   "the value of this parameter must be set to Approved to deploy the model" (API reference,
 *   CreateModelPackage)
 */
export function resolveContainer(
  container: ContainerDefinition,
  context: Pick<EngineContext, 'jobs' | 'environment'>,
): ContainerDefinition {
  const { ModelPackageName: name, ...given } = container;
  if (name === undefined) return container;
  const { description } = findPackage(context, name);
  const { ModelApprovalStatus: status = 'Approved', InferenceSpecification: specification } = description;
  if (status !== 'Approved') {
    throw validationError(
      `ModelPackage ${description.ModelPackageArn} is not approved: its ModelApprovalStatus is ${status}`,
    );
  }
  const [first, ...more] = specification?.Containers ?? [];
  if (first === undefined || more.length > 0) {
    throw validationError(
      `local mode only supports model packages with one container; ${description.ModelPackageArn} has ${more.length + 1}`,
    );
  }
  return { ...first, ...given, Environment: { ...first.Environment, ...given.Environment } };
}
