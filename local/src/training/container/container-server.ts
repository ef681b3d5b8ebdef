import { closedAlgorithmRefusal } from '../closed-algorithms';
import { freePort } from '../free-port';
import { processEnvironment } from '../host-variables';
import { inFolder, JobError } from '../job-folder';
import { type JobRunner, unlessAborted } from '../job-runner';
import type { TrainingOutcome } from '../job-types';
import type { ModelServer, ServedModel, TransformTask } from '../model-server';
import { unpackModel } from '../pool-serving';
import { runAgent } from '../transform-agent';
import {
  CONTAINER_PORT,
  dockerEnvironment,
  dockerServeArguments,
  pullMissing,
  removeContainer,
  takeOwnership,
} from './docker';
import { type ImageCommand, noWayToRun } from './image-commands';

/** How long a container may take to answer /ping. SageMaker waits for 30 minutes. */
const START_SECONDS = 300;

/** Default of InvocationsTimeoutInSeconds (API reference, ModelClientConfig). */
const INVOCATION_SECONDS = 600;

/** Options of `createContainerServer`. */
export interface ContainerServerOptions {
  /** Returns the command that replaces an image; undefined if there is none. */
  readonly commandFor: (image: string) => ImageCommand | undefined;
  /** The Docker command; undefined if no Docker engine is running. */
  readonly docker: () => string | undefined;
  /** Builds an image, if it is part of the app. */
  readonly prepareImage: (image: string) => Promise<void>;
  /** Returns the path of a Python interpreter. The interpreter needs no packages. */
  readonly python: () => Promise<string>;
  readonly startSeconds: number | undefined;
  /** Runs one job at a time, because all programs use the same port. */
  readonly jobs: JobRunner<TransformTask>;
}

/** A program that serves a model. */
interface Program {
  readonly command: readonly string[];
  readonly cwd: string;
  /** The program's environment, which is written to a file. @default - the agent's environment */
  readonly environment?: Readonly<Record<string, string>>;
  /** The environment of the agent, which starts the program. This environment can contain the user's secrets. */
  readonly agentEnvironment: Readonly<Record<string, string>>;
  /** Cleans up after the program has ended. */
  readonly tidyUp?: () => Promise<void>;
}

/**
 * Creates the server for models that no other server supports. Runs either a command that replaces the image or a
 * container in Docker, each with the argument `serve`. Then sends requests to `/ping` and `/invocations`.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html
 */
export function createContainerServer(options: ContainerServerOptions): ModelServer {
  async function transform(task: TransformTask): Promise<TrainingOutcome> {
    await unlessAborted(options.prepareImage(task.image), task.signal);
    const python = await unlessAborted(options.python(), task.signal);
    const modelFolder = await unpackModel(task);
    const command = options.commandFor(task.image);
    const port = await freePort(command === undefined ? undefined : CONTAINER_PORT);
    const program =
      command === undefined
        ? await containerProgram(task, modelFolder, port)
        : commandProgram(task, command, modelFolder, port);
    try {
      return await runAgent(
        task,
        modelFolder,
        {
          kind: 'container',
          command: program.command,
          cwd: program.cwd,
          ...(program.environment && { environment: program.environment }),
          port,
          startSeconds: options.startSeconds ?? START_SECONDS,
          invocationSeconds: task.batch.invocationSeconds ?? INVOCATION_SECONDS,
        },
        { command: python, cwd: task.workFolder, env: program.agentEnvironment },
      );
    } finally {
      await program.tidyUp?.();
    }
  }

  async function containerProgram(task: TransformTask, modelFolder: string, port: number): Promise<Program> {
    const docker = options.docker();
    if (docker === undefined)
      throw new JobError(`ClientError: ${noWayToRun('a model with the image', task.image)}`);
    await pullMissing(docker, task.image, task.signal);
    const name = `${task.transformJobName}-transform-${process.pid}`;
    return {
      command: [docker, ...dockerServeArguments(task, modelFolder, name, port)],
      cwd: task.workFolder,
      agentEnvironment: { ...dockerEnvironment(), PYTHONUNBUFFERED: '1' },
      tidyUp: async () => {
        // The container keeps running if its `docker run` process is killed.
        await removeContainer(docker, name);
        await takeOwnership(docker, task.image, modelFolder);
      },
    };
  }

  function refusalOf(model: ServedModel): string | undefined {
    const closed = closedAlgorithmRefusal(model.image);
    if (closed !== undefined) return closed;
    if (options.commandFor(model.image) !== undefined) return undefined;
    if (options.docker() === undefined) return noWayToRun('a model with the image', model.image);
    return model.networkIsolation
      ? `local mode cannot serve a model with EnableNetworkIsolation in Docker ("${model.image}"): a container without ` +
          'a network has no port. Disable EnableNetworkIsolation, or map a command of this machine to the image'
      : undefined;
  }

  return {
    images: 'models with any other image, as a command mapped to the image, or in Docker',
    accepts: (model) => refusalOf(model) === undefined,
    refusal: refusalOf,
    transform: (task) => options.jobs.run(task, transform),
  };
}

function commandProgram(
  task: TransformTask,
  { command, cwd }: ImageCommand,
  modelFolder: string,
  port: number,
): Program {
  const base = processEnvironment(task.workFolder, task.region, task.threads);
  return {
    command: [...command, 'serve'],
    cwd,
    agentEnvironment: base,
    environment: {
      ...base,
      SM_MODEL_DIR: modelFolder,
      SAGEMAKER_BIND_TO_PORT: String(port),
      ...inFolder(task.environment, task.workFolder),
    },
  };
}
