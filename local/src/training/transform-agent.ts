import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failedFor } from './failure-reason';
import { type HostCommand, HostProcess } from './host-process';
import type { TrainingOutcome } from './job-types';
import type { TransformTask } from './model-server';
import { transformMessage } from './pool-serving';
import { PYTHON_FOLDER } from './python-process';

/** The model server of a transform job: `local/python/script_serving.py` and `container_serving.py`. */
export type AgentServer =
  | {
      readonly kind: 'script';
      readonly framework: 'scikit-learn' | 'xgboost' | 'pytorch';
      /** Name of the script's module. */
      readonly module: string;
      readonly modelFolder: string;
    }
  | {
      readonly kind: 'container';
      readonly command: readonly string[];
      readonly cwd: string;
      /** The environment of the program. It is written to a file. @default - the agent's environment */
      readonly environment?: Readonly<Record<string, string>>;
      /** The port that the program listens on. */
      readonly port: number;
      /** How long the program may take to respond to /ping. */
      readonly startSeconds: number;
      /** Timeout of a request. */
      readonly invocationSeconds: number;
    };

/** Time between SIGTERM and SIGKILL when a transform job is stopped. Short, because the job has nothing to save. */
const STOP_GRACE_MS = 2000;

/**
 * Runs a transform job in a separate process (`local/python/transform_agent.py`), because the job runs a user's code.
 *
 * @param process how to start Python
 */
export async function runAgent(
  task: TransformTask,
  modelFolder: string,
  server: AgentServer,
  process: Omit<HostCommand, 'args'>,
): Promise<TrainingOutcome> {
  const [job, outcome] = ['transform.json', 'outcome.json'].map((name) => join(task.workFolder, name)) as [
    string,
    string,
  ];
  const { transform } = transformMessage(task, modelFolder);
  await mkdir(transform.outputFolder, { recursive: true });
  await writeFile(job, JSON.stringify({ transform, server, outcome }));
  if (task.signal.aborted) return { status: 'Stopped' };
  task.onStart();
  const agent = new HostProcess(
    { ...process, args: [join(PYTHON_FOLDER, 'transform_agent.py'), job] },
    task.onLog,
  );
  const stop = () => agent.stop(STOP_GRACE_MS);
  task.signal.addEventListener('abort', stop, { once: true });
  const { exitCode, lastLines } = await agent.ended;
  task.signal.removeEventListener('abort', stop);
  if (task.signal.aborted) return { status: 'Stopped' };
  const written = await readFile(outcome, 'utf8').catch(() => undefined);
  if (written !== undefined) return cut(JSON.parse(written) as TrainingOutcome);
  // Skips the agent's own lines, which do not say why the process has ended.
  const last = lastLines.filter((line) => !line.includes('[sagemaker logs]')).at(-1);
  return failedFor(
    `AlgorithmError: See job logs for more information (the process ended with exit code ${exitCode}${last === undefined ? '' : `: ${last}`})`,
  );
}

function cut(outcome: TrainingOutcome): TrainingOutcome {
  return outcome.status === 'Failed' ? failedFor(outcome.failureReason) : outcome;
}
