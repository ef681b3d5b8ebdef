import { spawn, spawnSync } from 'node:child_process';
import { UserError } from '../../user-error';
import type { Host } from '../job-folder';
import type { TrainingTask } from '../trainer';

/** How long `docker version` may take until Docker counts as absent. */
const VERSION_TIMEOUT_MS = 10_000;

/** Whether the Docker command is there and has an engine to talk to. */
export function findsDocker(docker: string): boolean {
  const { status } = spawnSync(docker, ['version', '--format', '{{.Server.Version}}'], {
    stdio: 'ignore',
    timeout: VERSION_TIMEOUT_MS,
  });
  return status === 0;
}

/** A name for a host's container, of the characters that Docker takes. */
export function containerName(task: TrainingTask, host: Host): string {
  return `${task.trainingJobName}-${host.name}-${process.pid}`.replaceAll(/[^\w.-]/g, '-');
}

/** The network that the containers of a job with several hosts share. */
export function networkName(task: TrainingTask): string {
  return `${task.trainingJobName}-${process.pid}`.replaceAll(/[^\w.-]/g, '-');
}

/** Arguments of `docker run` for a host's container, as SageMaker runs it: `train`, unless the request says other. */
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

/** The hosts of a job reach each other; a job that is cut off from the network, and has one host, reaches nothing. */
function networkArguments(task: TrainingTask, host: Host): string[] {
  if (task.instances.length > 1) return ['--network', networkName(task), '--network-alias', host.name];
  return task.networkIsolation ? ['--network', 'none'] : [];
}

/** A container image that is built from a folder. */
export interface ImageBuild {
  readonly directory: string;
  readonly buildArguments: readonly string[];
}

/** Builds an image under the name that jobs ask for; what is built already is found in Docker's cache. */
export async function buildImage(docker: string, trainingImage: string, build: ImageBuild): Promise<void> {
  try {
    await runDocker(docker, ['build', '--tag', trainingImage, ...build.buildArguments, build.directory]);
  } catch (error) {
    throw new UserError(`The image of ${build.directory} cannot be built: ${(error as Error).message}`);
  }
}

/**
 * Asks a container to end, and ends it after the grace; `docker run` ends with it.
 *
 * @throws Error when there is no such container yet: its image is still being pulled
 */
export function stopContainer(docker: string, name: string, graceMilliseconds: number): Promise<void> {
  const seconds = String(Math.ceil(graceMilliseconds / 1000));
  return runDocker(docker, ['stop', '--time', seconds, name]);
}

/** Removes a container that was stopped, should it be there still: one outlives its `docker run` when that is killed. */
export async function removeContainer(docker: string, name: string): Promise<void> {
  await runDocker(docker, ['rm', '--force', name]).catch(() => undefined);
}

/** How much of the end of Docker's errors is shown. */
const SHOWN_CHARACTERS = 2000;

/** Runs a Docker command to its end. */
export function runDocker(docker: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(docker, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      // A build prints all it does there.
      errors = (errors + chunk.toString('utf8')).slice(-SHOWN_CHARACTERS);
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`docker ${args.slice(0, 2).join(' ')}: ${errors.trim()}`)),
    );
  });
}

/** Gives the files that a container wrote as root to the person who runs this; on Linux they are root's otherwise. */
export async function takeOwnership(docker: string, task: TrainingTask, host: Host): Promise<void> {
  const user = process.getuid?.();
  if (process.platform !== 'linux' || user === undefined || user === 0) return;
  await runDocker(docker, [
    ...['run', '--rm', '--network', 'none', '--volume', `${host.base}:/opt/ml`, '--entrypoint', 'chown'],
    ...[task.trainingImage, '-R', `${user}:${process.getgid?.() ?? user}`, '/opt/ml'],
  ]).catch(() => undefined);
}
