import { isRecord } from './template';

/** ARN of the version that an alias of the template points to: with two, that of the one with more weight. */
export function versionOfAlias(property: (name: string) => unknown): string {
  const routes = [property('RoutingConfiguration') ?? []].flat().filter(isRecord);
  const [first] = routes.sort((one, other) => Number(other['Weight']) - Number(one['Weight']));
  const preference = property('DeploymentPreference');
  return String((first ?? (isRecord(preference) ? preference : {}))['StateMachineVersionArn']);
}

/** A qualified ARN as that of the state machine, and its version number or alias. */
export function splitAtLastColon(arn: string): [string, string] {
  const colon = arn.lastIndexOf(':');
  return [arn.slice(0, colon), arn.slice(colon + 1)];
}
