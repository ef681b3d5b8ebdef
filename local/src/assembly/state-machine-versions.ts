import { isRecord } from './template';

/**
 * ARN of the version that an alias points to. If it points to two versions, returns the one with the greater weight.
 */
export function versionOfAlias(property: (name: string) => unknown): string {
  const routes = [property('RoutingConfiguration') ?? []].flat().filter(isRecord);
  const [first] = routes.sort((one, other) => Number(other['Weight']) - Number(one['Weight']));
  const preference = property('DeploymentPreference');
  return String((first ?? (isRecord(preference) ? preference : {}))['StateMachineVersionArn']);
}

/** Splits a qualified ARN into the state machine's ARN and the version number or alias. */
export function splitAtLastColon(arn: string): [string, string] {
  const colon = arn.lastIndexOf(':');
  return [arn.slice(0, colon), arn.slice(colon + 1)];
}
