import { rmSync } from 'node:fs';
import { deploy, type StackAssembly } from '../../src/assembly';
import { ExecutionRunner, type RunningExecution } from '../../src/executions/execution-runner';
import { type RunningServices, startServices } from '../../src/services';
import { type Json, parseStateMachine } from '../../src/states';
import { createOptunaSampler, createXGBoostTrainer, type Sampler, type Trainer } from '../../src/training';
import type { ModelServer, TransformTask } from '../../src/training/model-server';
import type { TrainingOutcome } from '../../src/training/trainer';
import { noNotice } from '../services/helpers';
import { environments } from '../training/support';
import { temporaryFolder } from './support';

/** What a run does: an app runs to its end once or twice, or is stopped in the middle of a job. */
export type Scenario =
  | 'run'
  | 'run twice'
  | 'stop the tuning job'
  | 'stop the final training job'
  | 'stop the transform job';

/** The result of a run. */
export interface Outcome {
  readonly status: string;
  /**
   * Everything that a user can see of a run: the errors of the deployment and the execution, the history of
   * the execution, and warnings.
   */
  readonly told: string;
}

const BEFORE_DEPLOYED = 'NOT DEPLOYED';

/**
 * Runs apps in this process, many times. Processes that are slow to start (workers with XGBoost, Optuna) are
 * shared. Everything else is real and new for each run: the deployment, the services, and the function processes.
 */
export class PermissionRuns {
  static async start(maxWorkers: number): Promise<PermissionRuns> {
    const trainer = createXGBoostTrainer({
      pythonFor: (version, extras) => environments.forXGBoost(version, extras),
      maxWorkers,
    });
    return new PermissionRuns(
      trainer,
      createOptunaSampler((await environments.forSampler()).python, noNotice),
    );
  }

  private constructor(
    private readonly trainer: Trainer,
    private readonly sampler: Sampler,
  ) {}

  async close(): Promise<void> {
    await Promise.all([this.trainer.close(), this.sampler.close()]);
  }

  /** Deploys an app, runs its only state machine with the input, and closes everything. */
  async run(assembly: StackAssembly, input: Json, scenario: Scenario): Promise<Outcome> {
    const root = temporaryFolder();
    const told: string[] = [];
    let status = BEFORE_DEPLOYED;
    let services: RunningServices | undefined;
    try {
      const deployment = deploy(assembly, root);
      const [stateMachine] = deployment.stateMachines;
      if (!stateMachine) throw new Error('the app has no state machine');
      const controller = new AbortController();
      const executions = new ExecutionRunner({
        onNotice: noNotice,
        root,
        services: () => services as RunningServices,
        parse: ({ definition }) => parseStateMachine(definition),
      });
      services = await startServices(deployment, {
        trainer: scenario.startsWith('run') ? this.trainer : stopping(this.trainer, scenario, controller),
        sampler: this.sampler,
        executions,
        onFault: (error) => told.push((error as Error).message),
      });
      for (let left = scenario === 'run twice' ? 2 : 1; left > 0; left -= 1) {
        const execution = executions.start(stateMachine, input, { signal: controller.signal });
        const record = await (execution as RunningExecution).ended;
        ({ status } = record);
        told.push(`${record.error}: ${record.cause}`, ...historiesOf(executions.store, record.arn));
        if (status !== 'SUCCEEDED') break;
      }
    } catch (error) {
      told.push((error as Error).message);
    } finally {
      await services?.close();
      rmSync(root, { recursive: true, force: true });
    }
    return { status, told: told.join('\n') };
  }
}

/** The history of an execution, and the histories of its Map items. */
function historiesOf(store: ExecutionRunner['store'], arn: string): string[] {
  return [store.history(arn), store.items(arn)].map((each) => JSON.stringify(each));
}

/** A trainer that stops the execution as soon as the scenario's job runs. This job then waits until it is stopped. */
function stopping(trainer: Trainer, scenario: Scenario, controller: AbortController): Trainer {
  // Only the training jobs of a tuning job are named <name>-<number>-<8 characters>.
  const isTuned = (name: string) => /-\d{3}-[0-9a-f]{8}$/.test(name);
  const serving = trainer.serving as ModelServer;
  if (scenario === 'stop the transform job') {
    const transform = async (task: TransformTask) => {
      task.onStart();
      return untilStopped(task, controller);
    };
    return { ...trainer, serving: { ...serving, accepts: (model) => serving.accepts(model), transform } };
  }
  return {
    ...trainer,
    train: async (task) => {
      if (isTuned(task.trainingJobName) !== (scenario === 'stop the tuning job')) return trainer.train(task);
      task.onStart();
      return untilStopped(task, controller);
    },
  };
}

/** Stops the execution, and waits until the job is stopped. */
async function untilStopped(
  { signal }: { readonly signal: AbortSignal },
  controller: AbortController,
): Promise<TrainingOutcome> {
  const stopped = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  controller.abort();
  await stopped;
  return { status: 'Stopped' };
}
