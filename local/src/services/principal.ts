import type { MapPlace } from '../states';

/** The caller of an operation: the ARN of one of the template's roles, or of the user. */
export interface Principal {
  readonly arn: string;
  /** The task that makes the call, if it is made with the role of a state machine. */
  readonly task?: TaskIdentity;
}

/** An attempt at a task in an execution. */
export interface TaskIdentity {
  readonly executionArn: string;
  /** The Map item that the task runs for, if any. */
  readonly place?: MapPlace;
  /**
   * Identifies the attempt. A retry has a new token, but an attempt that is repeated because local mode was interrupted
   * keeps its token.
   */
  readonly token: string;
}
