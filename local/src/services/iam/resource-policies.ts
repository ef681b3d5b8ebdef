import type { Deployment, PolicyDocument } from '../../assembly/deployment';

/** The policies of one of the template's resources. */
export interface ResourcePolicies {
  readonly policies: readonly PolicyDocument[];
  /** Whether the resource is a KMS key of the template. If so, its key policy must allow every use. */
  readonly isKey: boolean;
}

/** Finds the policies for the ARN of a bucket, key or object. For an object, these are the policies of its bucket. */
export function resourcePolicies(
  resource: string,
  { buckets, keys }: Pick<Deployment, 'buckets' | 'keys'>,
): ResourcePolicies {
  const key = keys.find(({ arn }) => arn === resource);
  if (key !== undefined) {
    return { policies: [key.policy], isKey: true };
  }
  const bucket = buckets.find(({ arn }) => resource === arn || resource.startsWith(`${arn}/`));
  return { policies: bucket?.policies ?? [], isKey: false };
}
