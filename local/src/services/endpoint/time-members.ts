import { times as ofStacks } from '../model/cloudformation-model.json';
import { times as ofRoles } from '../model/iam-model.json';
import { times as ofMetrics } from '../model/monitoring-model.json';

/** Members of responses that are points in time: epoch seconds here, what their protocol has on the wire. */
const TIME_MEMBERS: ReadonlySet<string> = new Set([...ofStacks, ...ofRoles, ...ofMetrics]);

/** Whether a member of a response is a point in time, or a list of them. */
export function isTime(member: string): boolean {
  return TIME_MEMBERS.has(member);
}
