import { isRecord } from '../../assembly/template';
import { validationError } from '../aws-error';
import type { Input } from '../service';
import { SAGEMAKER_MODEL } from './validation';

/** Members that change what a job does and that local mode does not support, wherever they are in a request; and why, or what to do instead. */
export const REFUSED_MEMBERS: Readonly<Record<string, string>> = {
  AttributeNames: 'it reads no augmented manifests',
  DatasetSource: 'give S3DataSource or FileSystemDataSource',
  HubAccessConfig: 'it reads no data of hubs: copy them to a bucket',
  InstancePreferences: 'give InstanceType and InstanceCount',
  MlflowConfig: 'it has no MLflow',
  ModelPackageConfig: 'it registers no models',
  SelectedInstanceCount: 'SageMaker answers it; leave it out of a request',
  SelectedInstanceType: 'SageMaker answers it; leave it out of a request',
  ServerlessJobConfig: 'it trains with an image: give AlgorithmSpecification and ResourceConfig',
};

/**
 * Refuses a request with a member that local mode would have to ignore.
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

/** Path of the first member that is refused. */
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
