import type { Deployment } from '../../assembly/deployment';
import type { AccessRequest } from './policy-evaluation';
import type { RequestContext } from './request-context';

/** A use of a KMS key. */
export interface KeyUse {
  /** The key's ID or ARN, or the name or ARN of its alias. */
  readonly keyId: string;
  readonly actions: readonly string[];
  /** The service that uses the key for the caller, such as `s3`: the value of `kms:ViaService`. */
  readonly service: string;
  readonly context?: RequestContext;
}

/**
 * The permissions needed to use a KMS key. Empty for an alias outside the template, because its key is unknown.
 */
export function keyAccess(
  { keyId, actions, service, context = {} }: KeyUse,
  { keys, environment }: Pick<Deployment, 'keys' | 'environment'>,
): AccessRequest[] {
  const { partition, region, accountId } = environment;
  const alias = /(?:^|:)(alias\/.+)$/.exec(keyId)?.[1];
  const resource =
    alias !== undefined
      ? keys.find(({ aliases }) => aliases.includes(alias))?.arn
      : keyId.startsWith('arn:')
        ? keyId
        : `arn:${partition}:kms:${region}:${accountId}:key/${keyId}`;
  if (resource === undefined) {
    return [];
  }
  return actions.map((action) => ({
    action,
    resource,
    context: { 'kms:ViaService': `${service}.${region}.amazonaws.com`, ...context },
  }));
}
