import type { MapPlace } from '../states';

/** Who makes a call: the ARN of a role of the template, or of the person at the keyboard. */
export interface Principal {
  readonly arn: string;
  /** The task of a state machine for which the role makes the call, if it is for one. */
  readonly task?: TaskIdentity;
}

/** One attempt at a task of an execution. */
export interface TaskIdentity {
  readonly executionArn: string;
  /** The item of a Map that the task runs for, if it runs for one. */
  readonly place?: MapPlace;
  /** The same when the attempt is made again because local mode was interrupted, and only then. */
  readonly token: string;
}
