import type { Deployment } from '../../assembly/deployment';
import type { AccessRequest } from './policy-evaluation';
import type { RequestContext } from './request-context';

/** Which key, for what. */
export interface KeyUse {
  /** ARN, ID, alias or ARN of an alias. */
  readonly keyId: string;
  readonly actions: readonly string[];
  /** The service that uses the key for the caller, such as `s3`: `kms:ViaService`. */
  readonly service: string;
  readonly context?: RequestContext;
}

/**
 * What it takes to use a KMS key. Nothing for an alias that is not of the template: which key it stands for, nobody
 * here can know.
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
