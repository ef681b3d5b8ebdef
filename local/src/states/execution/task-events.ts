import type { EventDetails } from './history';

/** How a task's events are named and what they say of its resource. */
export interface TaskEvents {
  /** Before `Scheduled`, `Started`, `Succeeded`, `Failed` and `TimedOut`. */
  readonly prefix: 'Task' | 'LambdaFunction' | 'Activity';
  readonly details: EventDetails;
  readonly startedDetails: EventDetails;
  /** The detail of the Scheduled event that has the arguments. */
  readonly inputMember: 'parameters' | 'input';
  /** What AWS calls the task in messages. */
  readonly producer: string;
}

/** Reads a Resource: an integration, an activity, or a function's own ARN. */
export function describeResource(resource: string): TaskEvents {
  const integration = /^arn:[^:]+:states:::(.+):([^:]+)$/.exec(resource);
  if (integration) {
    const [, resourceType = '', name = ''] = integration;
    const details = { resourceType, resource: name };
    return {
      prefix: 'Task',
      details,
      startedDetails: details,
      inputMember: 'parameters',
      producer: resourceType,
    };
  }
  const prefix = /^arn:[^:]+:states:[^:]+:\d+:activity:/.test(resource) ? 'Activity' : 'LambdaFunction';
  return { prefix, details: { resource }, startedDetails: {}, inputMember: 'input', producer: resource };
}
