import type { EventDetails } from './history';

/** Names of a task's events and of its resource. */
export interface TaskEvents {
  /** Prefix of `Scheduled`, `Started`, `Succeeded`, `Failed` and `TimedOut`. */
  readonly prefix: 'Task' | 'LambdaFunction' | 'Activity';
  readonly details: EventDetails;
  readonly startedDetails: EventDetails;
  /** Member of the Scheduled event that contains the arguments. */
  readonly inputMember: 'parameters' | 'input';
  /** AWS's name for the task in messages. */
  readonly producer: string;
}

/** Parses a Resource: an integration, an activity, or the ARN of a function. */
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
