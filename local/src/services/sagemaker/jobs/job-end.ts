/** How a job ends. */
export interface JobEnd<Status> {
  readonly status: Status | 'Stopped';
  /** Whether the job was cut short because local mode is closing. Such a job can be resumed. */
  readonly isInterrupted: boolean;
}

/**
 * Decides how a job ends. A job that fails while local mode is closing counts as stopped, because Ctrl-C in the terminal
 * also ends the processes of jobs. It also counts as interrupted, unless it was already being stopped.
 *
 * @param status the status of the job's outcome
 * @param stoppedByClosing whether the job was stopped because local mode is closing; undefined if it was not stopped
 * @param isClosing whether local mode is closing
 */
export function jobEnd<Status extends string>(
  status: Status,
  stoppedByClosing: boolean | undefined,
  isClosing: boolean,
): JobEnd<Status> {
  return status === 'Stopped' || (status === 'Failed' && isClosing)
    ? { status: 'Stopped', isInterrupted: stoppedByClosing ?? isClosing }
    : { status, isInterrupted: false };
}
