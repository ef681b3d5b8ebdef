import { isRecord } from '../../assembly/template';
import { validationError } from '../aws-error';
import type { Input } from '../service';
import { SAGEMAKER_MODEL } from './validation';

/**
 * Members that local mode refuses at any depth of a request, because ignoring them would change what a job does. The
 * value is the reason or an alternative.
 */
export const REFUSED_MEMBERS: Readonly<Record<string, string>> = {
  AdditionalModelDataSources: 'use ModelDataUrl',
  AttributeNames: 'augmented manifests are not implemented',
  DataCaptureConfig: 'data capture is not implemented',
  DatasetSource: 'use S3DataSource or FileSystemDataSource',
  HubAccessConfig: 'copy the data from the hub to a bucket',
  InstancePreferences: 'use InstanceType and InstanceCount',
  MlflowConfig: 'MLflow is not implemented',
  ModelPackageConfig: 'register the model with CreateModelPackage after the job',
  SelectedInstanceCount: 'SageMaker returns it; omit it from requests',
  SelectedInstanceType: 'SageMaker returns it; omit it from requests',
  ServerlessJobConfig: 'use AlgorithmSpecification with an image, and ResourceConfig',
};

/**
 * Refuses a request with an unsupported member, instead of ignoring it.
 *
 * @throws AwsError ValidationException with the path of the member
 */
export function refuseMembers(operation: string, input: Input): void {
  const shape = SAGEMAKER_MODEL.operations[operation];
  const refused = shape === undefined ? undefined : findRefused(shape, input, '');
  if (refused !== undefined) {
    const name = refused.slice(refused.lastIndexOf('.') + 1);
    throw validationError(
      `local mode does not support ${refused} in sagemaker:${operation}: ${REFUSED_MEMBERS[name]}`,
    );
  }
}

/** Path of the first unsupported member. */
function findRefused(name: string, value: unknown, path: string): string | undefined {
  const { type, members = {}, member = '' } = SAGEMAKER_MODEL.shapes[name] ?? { type: 'unknown' };
  if (type === 'list' && Array.isArray(value)) {
    return first(value, (item, i) => findRefused(member, item, `${path}[${i}]`));
  }
  if (type !== 'structure' || !isRecord(value)) {
    return undefined;
  }
  return first(Object.entries(members), ([key, shape]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const given = value[key] ?? undefined;
    if (given === undefined) {
      return undefined;
    }
    return Object.hasOwn(REFUSED_MEMBERS, key) ? at : findRefused(shape, given, at);
  });
}

function first<T>(items: readonly T[], find: (item: T, i: number) => string | undefined): string | undefined {
  for (const [i, item] of items.entries()) {
    const found = find(item, i);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
