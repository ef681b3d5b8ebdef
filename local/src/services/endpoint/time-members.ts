import { times as ofStacks } from '../model/cloudformation-model.json';
import { times as ofRoles } from '../model/iam-model.json';
import { times as ofMetrics } from '../model/monitoring-model.json';

/** Response members that are timestamps. Operations return epoch seconds, and protocols convert them for clients. */
const TIME_MEMBERS: ReadonlySet<string> = new Set([...ofStacks, ...ofRoles, ...ofMetrics]);

/** Whether a response member is a timestamp or a list of timestamps. */
export function isTime(member: string): boolean {
  return TIME_MEMBERS.has(member);
}
