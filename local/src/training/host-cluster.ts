import { failureReason } from './failure-reason';
import { type HostCommand, type HostEnd, HostProcess } from './host-process';
import { type Host, mergeOutputs } from './job-folder';
import type { TrainingOutcome, TrainingTask } from './trainer';

/** A host and the command that it runs. */
export interface HostJob {
  readonly host: Host;
  readonly command: HostCommand;
  /** Cleans up after the process has ended, before its results are read. */
  readonly tidyUp?: () => Promise<void>;
}

/** How long stopped processes may take to end. */
export interface Grace {
  /** Time between SIGTERM and SIGKILL. */
  readonly milliseconds: number;
  /** Aborting this signal limits the remaining grace period to `CLOSE_GRACE_MS`. */
  readonly hurry: AbortSignal;
}

const CLOSE_GRACE_MS = 5000;

/**
 * Runs a process for every host and waits until all have ended. If a process fails, the others are stopped, and its
 * failure becomes the job's failure. If the job is stopped, all processes are stopped, and their saved files are
 * kept.
 */
export async function runHosts(
  jobs: readonly HostJob[],
  task: TrainingTask,
  grace: Grace,
): Promise<TrainingOutcome> {
  let firstFailure: { job: HostJob; end: HostEnd } | undefined;
  const processes = jobs.map(({ command }) => new HostProcess(command, task.onLog));
  const stopAll = () => {
    const milliseconds = Math.min(
      grace.milliseconds,
      grace.hurry.aborted ? CLOSE_GRACE_MS : Number.POSITIVE_INFINITY,
    );
    for (const each of processes) each.stop(milliseconds);
  };
  task.signal.addEventListener('abort', stopAll, { once: true });
  grace.hurry.addEventListener('abort', stopAll, { once: true });
  if (task.signal.aborted || grace.hurry.aborted) stopAll();
  await Promise.all(
    processes.map(async ({ ended }, i) => {
      const end = await ended;
      const job = jobs[i];
      if (end.exitCode === 0 || job === undefined || firstFailure !== undefined) return;
      firstFailure = { job, end };
      stopAll();
    }),
  );
  task.signal.removeEventListener('abort', stopAll);
  grace.hurry.removeEventListener('abort', stopAll);
  await Promise.all(jobs.map(({ tidyUp }) => tidyUp?.()));
  await mergeOutputs(
    jobs.map(({ host }) => host),
    task.workFolder,
  );
  if (task.signal.aborted || grace.hurry.aborted) return { status: 'Stopped' };
  if (firstFailure === undefined) return { status: 'Completed' };
  const { job, end } = firstFailure;
  return { status: 'Failed', failureReason: await failureReason(job.host.base, end) };
}
