import { spawn, spawnSync } from 'node:child_process';
import { UserError } from '../../user-error';
import type { Host } from '../job-folder';
import type { TransformTask } from '../model-server';
import type { TrainingTask } from '../trainer';

/** The port on which a container serves its model (developer guide, your-algorithms-batch-code). */
export const CONTAINER_PORT = 8080;

/** Timeout of `docker version`, after which Docker counts as missing. */
const VERSION_TIMEOUT_MS = 10_000;

/** Whether the Docker command exists and reaches an engine. */
export function findsDocker(docker: string): boolean {
  const { status } = spawnSync(docker, ['version', '--format', '{{.Server.Version}}'], {
    stdio: 'ignore',
    timeout: VERSION_TIMEOUT_MS,
  });
  return status === 0;
}

/** A valid container name for a host. */
export function containerName(task: TrainingTask, host: Host): string {
  return `${task.trainingJobName}-${host.name}-${process.pid}`.replaceAll(/[^\w.-]/g, '-');
}

/** The network shared by the containers of a job with several hosts. */
export function networkName(task: TrainingTask): string {
  return `${task.trainingJobName}-${process.pid}`.replaceAll(/[^\w.-]/g, '-');
}

/**
 * Arguments of `docker run` for a host's container. Runs `train` as SageMaker does, unless the request
 * overrides it.
 */
export function dockerRunArguments(
  task: TrainingTask,
  host: Host,
  environment: Record<string, string>,
): string[] {
  const [entrypoint, ...words] = task.containerEntrypoint ?? [];
  const given = [...words, ...(task.containerArguments ?? [])];
  const program = entrypoint === undefined && given.length === 0 ? ['train'] : given;
  return [
    'run',
    '--rm',
    ...['--name', containerName(task, host)],
    ...['--hostname', host.name],
    ...networkArguments(task, host),
    ...['--volume', `${host.base}:/opt/ml`],
    ...(task.checkpoints ? ['--volume', `${task.checkpoints.folder}:${task.checkpoints.localPath}`] : []),
    ...Object.entries(environment).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
    ...(entrypoint === undefined ? [] : ['--entrypoint', entrypoint]),
    task.trainingImage,
    ...program,
  ];
}

/** The hosts of a job can reach each other. A single host with network isolation has no network. */
function networkArguments(task: TrainingTask, host: Host): string[] {
  if (task.instances.length > 1) return ['--network', networkName(task), '--network-alias', host.name];
  return task.networkIsolation ? ['--network', 'none'] : [];
}

/** A container image to build from a folder. */
export interface ImageBuild {
  readonly directory: string;
  readonly buildArguments: readonly string[];
}

/** Builds an image under the name that jobs use. Docker's cache skips layers that are already built. */
export async function buildImage(docker: string, trainingImage: string, build: ImageBuild): Promise<void> {
  try {
    await runDocker(docker, ['build', '--tag', trainingImage, ...build.buildArguments, build.directory]);
  } catch (error) {
    throw new UserError(`Cannot build the image from ${build.directory}: ${(error as Error).message}`);
  }
}

/**
 * Stops a container, and kills it after the grace period. Then `docker run` ends.
 *
 * @throws Error when the container does not exist yet because its image is still being pulled
 */
export function stopContainer(docker: string, name: string, graceMilliseconds: number): Promise<void> {
  const seconds = String(Math.ceil(graceMilliseconds / 1000));
  return runDocker(docker, ['stop', '--time', seconds, name]);
}

/** Removes a stopped container if it still exists. A container remains if its `docker run` was killed. */
export async function removeContainer(docker: string, name: string): Promise<void> {
  await runDocker(docker, ['rm', '--force', name]).catch(() => undefined);
}

/** Maximum number of characters to show from the end of Docker's errors. */
const SHOWN_CHARACTERS = 2000;

/** Runs a Docker command until it ends, or until the signal ends it. */
export function runDocker(docker: string, args: readonly string[], signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(docker, args, { stdio: ['ignore', 'ignore', 'pipe'], signal });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      // A build prints all its output to standard error.
      errors = (errors + chunk.toString('utf8')).slice(-SHOWN_CHARACTERS);
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`docker ${args.slice(0, 2).join(' ')}: ${errors.trim()}`)),
    );
  });
}

/**
 * Changes the owner of the container's files to the current user. Otherwise, they belong to root on Linux.
 *
 * @param folder a folder that was mounted in the container
 */
export async function takeOwnership(docker: string, image: string, folder: string): Promise<void> {
  const user = process.getuid?.();
  if (process.platform !== 'linux' || user === undefined || user === 0) return;
  await runDocker(docker, [
    ...['run', '--rm', '--network', 'none', '--volume', `${folder}:/opt/ml`, '--entrypoint', 'chown'],
    ...[image, '-R', `${user}:${process.getgid?.() ?? user}`, '/opt/ml'],
  ]).catch(() => undefined);
}

/**
 * Pulls an image that this machine does not have yet, so that the time for pulling does not count toward the
 * container's start. The signal ends the pull.
 *
 * @throws Error when the signal aborts
 */
export async function pullMissing(docker: string, image: string, signal: AbortSignal): Promise<void> {
  await runDocker(docker, ['image', 'inspect', image]).catch(() =>
    runDocker(docker, ['pull', image], signal),
  );
}

/**
 * The environment of the Docker command: the user's environment, because the command needs it to find the Docker
 * engine. The container does not receive it.
 */
export function dockerEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Arguments of `docker run` for a container that serves a model. Only this machine can connect to its port. */
export function dockerServeArguments(
  { image, environment }: Pick<TransformTask, 'image' | 'environment'>,
  modelFolder: string,
  name: string,
  port: number,
): string[] {
  return [
    ...['run', '--rm', '--name', name, '--publish', `127.0.0.1:${port}:${CONTAINER_PORT}`],
    ...['--volume', `${modelFolder}:/opt/ml/model`],
    ...Object.entries(environment).flatMap(([variable, value]) => ['--env', `${variable}=${value}`]),
    ...[image, 'serve'],
  ];
}
