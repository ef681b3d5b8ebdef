import { delimiter } from 'node:path';
import { closedAlgorithmRefusal } from '../closed-algorithms';
import { type HostJob, runHosts } from '../host-cluster';
import { asEnvironment, hostAddresses, hostEnvironment, hostVariables } from '../host-variables';
import { parseImage } from '../image-uri';
import { type Host, inFolder, JobError, layOutHosts, pipeRefusal } from '../job-folder';
import { JobRunner } from '../job-runner';
import type { TransformTask } from '../model-server';
import {
  SAGEMAKER_STOP_GRACE_MS,
  type TrainedAlgorithm,
  type Trainer,
  type TrainingOutcome,
  type TrainingTask,
} from '../trainer';
import { createContainerServer } from './container-server';
import {
  buildImage,
  containerName,
  dockerEnvironment,
  dockerRunArguments,
  findsDocker,
  type ImageBuild,
  networkName,
  removeContainer,
  runDocker,
  stopContainer,
  takeOwnership,
} from './docker';
import { commandOf, type ImageCommand, noWayToRun } from './image-commands';

/** Options of `createContainerTrainer`. */
export interface ContainerTrainerOptions {
  /**
   * Commands that replace images, by full URI, `repository:tag` or repository. They take precedence over
   * Docker.
   */
  readonly commands: ReadonlyMap<string, ImageCommand>;
  /**
   * The Docker command; false to run no containers. Before local mode runs the first image, it checks that a
   * container engine is running.
   *
   * @default docker
   */
  readonly docker?: string | false;
  /**
   * Returns the path of a Python interpreter (3.9 or newer) for transform jobs. The interpreter needs no packages.
   *
   * @default - the trainer serves no models
   */
  readonly python?: () => Promise<string>;
  /** How long a container may take to answer /ping, in seconds. @default 300 */
  readonly startSeconds?: number;
  /** Images to build before their first job, by `repository:tag`. @default none */
  readonly builds?: ReadonlyMap<string, ImageBuild>;
  /** Maximum number of parallel jobs. Further jobs wait. @default no limit */
  readonly maxJobs?: number;
  /**
   * Time between SIGTERM and SIGKILL when a job is stopped.
   *
   * @default 120 seconds, as on SageMaker
   */
  readonly stopGraceMilliseconds?: number;
}

/**
 * Creates the trainer for images that no other trainer supports. Runs a command that replaces the image, or a
 * container in Docker. Does not accept built-in algorithms whose code is not public.
 */
export function createContainerTrainer(options: ContainerTrainerOptions): Trainer {
  const { commands, python, docker = 'docker', stopGraceMilliseconds = SAGEMAKER_STOP_GRACE_MS } = options;
  const jobs = new JobRunner<TrainingTask>(options.maxJobs ?? Number.POSITIVE_INFINITY);
  const transforms = new JobRunner<TransformTask>(1);
  const built = new Map<string, Promise<void>>();
  let engine: string | false | undefined;
  /** The Docker command; undefined if no container engine is running. */
  const dockerCommand = (): string | undefined => {
    engine ??= docker !== false && findsDocker(docker) && docker;
    return engine || undefined;
  };

  /** Builds an image, if it is part of the app. */
  async function prepareImage(image: string): Promise<void> {
    const { repository, tag } = parseImage(image);
    const build = options.builds?.get(`${repository}:${tag}`);
    if (build === undefined || commandOf(commands, image)) return;
    const executable = dockerCommand();
    if (executable === undefined) return;
    const done = built.get(image) ?? buildImage(executable, image, build);
    built.set(image, done);
    await done;
  }

  async function runCommand(task: TrainingTask, image: ImageCommand): Promise<TrainingOutcome> {
    const hosts = await layOutHosts(task, 'linked');
    const addresses = hostAddresses(hosts);
    const [command = '', ...args] = [...image.command, ...programOf(task)];
    const hostJobs = hosts.map((host): HostJob => {
      const base = hostEnvironment(task, hosts, host, addresses);
      const environment = inFolder(task.environment, host.base);
      const env = {
        ...base,
        ...asEnvironment(hostVariables(task, hosts, host)),
        ...environment,
        PYTHONPATH: [base.PYTHONPATH, environment.PYTHONPATH].filter(Boolean).join(delimiter),
      };
      return { host, command: { command, args, cwd: image.cwd, env } };
    });
    return run(hostJobs, task);
  }

  async function runContainers(task: TrainingTask, executable: string): Promise<TrainingOutcome> {
    const hosts = await layOutHosts(task, 'copied');
    const network = hosts.length > 1 ? networkName(task) : undefined;
    if (network !== undefined) {
      const isolation = task.networkIsolation ? ['--internal'] : [];
      await runDocker(executable, ['network', 'create', ...isolation, network]);
    }
    try {
      return await run(
        hosts.map((host) => containerJob(task, host, executable)),
        task,
      );
    } finally {
      // The checkpoints are in a volume of their own, which all hosts share.
      if (task.checkpoints) await takeOwnership(executable, task.trainingImage, task.checkpoints.folder);
      if (network !== undefined) {
        await runDocker(executable, ['network', 'rm', network]).catch(() => undefined);
      }
    }
  }

  function containerJob(task: TrainingTask, host: Host, executable: string): HostJob {
    const args = dockerRunArguments(task, host, {
      TRAINING_JOB_NAME: task.trainingJobName,
      TRAINING_JOB_ARN: task.trainingJobArn,
      AWS_REGION: task.region,
      CURRENT_HOST: host.name,
      ...task.environment,
    });
    const name = containerName(task, host);
    let isStopped = false;
    const onStop = (grace: number) => {
      isStopped = true;
      return stopContainer(executable, name, grace);
    };
    const tidyUp = async () => {
      if (isStopped) await removeContainer(executable, name);
      await takeOwnership(executable, task.trainingImage, host.base);
    };
    const command = { command: executable, args, cwd: host.base, env: dockerEnvironment(), onStop };
    return { host, command, tidyUp };
  }

  function run(hostJobs: readonly HostJob[], task: TrainingTask): Promise<TrainingOutcome> {
    if (task.signal.aborted) return Promise.resolve({ status: 'Stopped' });
    task.onStart();
    return runHosts(hostJobs, task, { milliseconds: stopGraceMilliseconds, hurry: jobs.closed });
  }

  async function runJob(task: TrainingTask): Promise<TrainingOutcome> {
    const command = commandOf(commands, task.trainingImage);
    if (command !== undefined) return runCommand(task, command);
    const executable = dockerCommand();
    if (executable !== undefined) return runContainers(task, executable);
    throw new JobError(`ClientError: ${noWayToRun('the training image', task.trainingImage)}`);
  }

  function refusalOf({ trainingImage, pipedChannels }: TrainedAlgorithm): string | undefined {
    const closed = closedAlgorithmRefusal(trainingImage);
    if (closed !== undefined) return closed;
    if (commandOf(commands, trainingImage) === undefined && dockerCommand() === undefined)
      return noWayToRun('the training image', trainingImage);
    return pipeRefusal(pipedChannels);
  }

  return {
    images: 'any other image with a command mapped to it, or in Docker',
    accepts: (algorithm) => refusalOf(algorithm) === undefined,
    refusal: refusalOf,
    metricDefinitions: () => [],
    prepare: ({ trainingImage }) => prepareImage(trainingImage),
    train: (task) => jobs.run(task, runJob),
    ...(python !== undefined && {
      serving: createContainerServer({
        commandFor: (image) => commandOf(commands, image),
        docker: dockerCommand,
        prepareImage,
        python,
        startSeconds: options.startSeconds,
        jobs: transforms,
      }),
    }),
    async close() {
      await Promise.all([jobs.close(), transforms.close()]);
    },
  };
}

/** The arguments that the request gives for the container, or else `train`, SageMaker's default. */
function programOf({ containerEntrypoint, containerArguments }: TrainingTask): readonly string[] {
  const given = [...(containerEntrypoint ?? []), ...(containerArguments ?? [])];
  return given.length > 0 ? given : ['train'];
}
