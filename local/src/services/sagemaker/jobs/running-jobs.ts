import { validationError } from '../../aws-error';

/** The running jobs of one kind in this process. */
export class RunningJobs<Run extends { readonly finished: Promise<unknown> }> {
  private readonly runs = new Map<string, Run>();

  /** @param onEnd called when a run has finished */
  constructor(private readonly onEnd: (name: string) => void) {}

  /** Adds a run, and removes it when it has finished. */
  public add(name: string, run: Run): void {
    this.runs.set(name, run);
    void run.finished.then(() => {
      this.runs.delete(name);
      this.onEnd(name);
    });
  }

  /** Finds the run of a job; undefined if the job has finished, or another process runs the job. */
  public get(name: string): Run | undefined {
    return this.runs.get(name);
  }

  /** Stops all runs and waits until they have finished. */
  public async close(stop: (run: Run) => void): Promise<void> {
    const runs = [...this.runs.values()];
    for (const run of runs) {
      stop(run);
    }
    await Promise.all(runs.map((run) => run.finished));
  }
}

/**
 * Returns the run of a job, so that the caller can stop the run.
 *
 * @param kind the kind of the job, for messages
 * @throws AwsError `ValidationException` when the job has ended, or another process runs it
 */
export function runToStop<Run>(kind: string, name: string, status: string, run: Run | undefined): Run {
  if (status !== 'InProgress') {
    const problem = `the ${kind} is in status ${status}`;
    throw validationError(`The request was rejected because ${problem}.`);
  }
  if (run === undefined) {
    const problem = `another process of local mode runs the job ${name}: stop it there`;
    throw validationError(problem);
  }
  return run;
}
