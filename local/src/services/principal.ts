import type { MapPlace } from '../states';

/** The caller of an operation: the ARN of a role of the template, or of the user. */
export interface Principal {
  readonly arn: string;
  /** The task of a state machine for which the role makes the call, if any. */
  readonly task?: TaskIdentity;
}

/** An attempt of a task in an execution. */
export interface TaskIdentity {
  readonly executionArn: string;
  /** The Map item that the task runs for, if any. */
  readonly place?: MapPlace;
  /** Stays the same only if the attempt is repeated because local mode was interrupted. */
  readonly token: string;
}
