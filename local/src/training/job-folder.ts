import { constants } from 'node:fs';
import { copyFile, cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { joinInside } from '../assembly/safe-path';
import type { ChannelData, ChannelFile, TrainingInstance, TrainingTask } from './trainer';

/** Base folder in a container. For a job without a container, another folder replaces it. */
export const CONTAINER_BASE = '/opt/ml';

/** SageMaker's name for the only instance group of a cluster that is not divided into groups. */
const ONLY_GROUP = 'homogeneousCluster';

/** An instance of a job, with the folder that replaces its `/opt/ml`. */
export interface Host extends TrainingInstance {
  /** The folder that replaces `/opt/ml`. */
  readonly base: string;
  /** Index among the hosts, from 0. */
  readonly rank: number;
  readonly channels: readonly ChannelData[];
}

/** Local mode cannot run a job with this request. The message is the job's failure reason. */
export class JobError extends Error {}

/**
 * Creates the content of `/opt/ml` for every host: `input/config`, `input/data/<channel>`, `model`, `output/data`,
 * `checkpoints`, `code`. A single host uses the job's working folder. If there are several hosts, each uses a
 * subfolder of `hosts/`.
 *
 * @param files whether channels contain copies of the bucket's files, or links to them. Containers need copies, because
 *   links to files outside a container do not work in the container
 * @throws JobError for unsupported requests: Pipe mode, checkpoints outside `/opt/ml` without a container
 */
export async function layOutHosts(task: TrainingTask, files: 'linked' | 'copied'): Promise<Host[]> {
  const piped = task.channels.filter(({ inputMode }) => inputMode === 'Pipe').map(({ name }) => name);
  const refusal = pipeRefusal(piped);
  if (refusal !== undefined) throw new JobError(`ClientError: ${refusal}`);
  const names = task.instances.map(({ name }) => name).sort();
  const folder = resolve(task.workFolder);
  const hosts = task.instances.map((instance) => ({
    ...instance,
    base: task.instances.length === 1 ? folder : join(folder, 'hosts', instance.name),
    rank: names.indexOf(instance.name),
    channels: channelsOf(instance, task),
  }));
  hosts.sort((one, other) => one.rank - other.rank);
  for (const host of hosts) {
    await layOut(host, hosts, task, files);
  }
  return hosts;
}

/** Why channels in Pipe mode are not supported; undefined if no channel uses Pipe mode. */
export function pipeRefusal([name]: readonly string[] = []): string | undefined {
  return name === undefined
    ? undefined
    : `channel "${name}" has input mode Pipe, which local mode supports only for built-in algorithms: use File or FastFile`;
}

/** The channels of an instance, each with the instance's share of the files. */
function channelsOf(instance: TrainingInstance, { channels, instances }: TrainingTask): ChannelData[] {
  return channels.flatMap((channel) => {
    const having = instances
      .filter(({ group }) => !channel.instanceGroups || channel.instanceGroups.includes(group ?? ONLY_GROUP))
      .map(({ name }) => name)
      .sort();
    const place = having.indexOf(instance.name);
    if (place < 0) return [];
    if (channel.distribution === 'FullyReplicated') return [channel];
    return [{ ...channel, files: channel.files.filter((_, i) => i % having.length === place) }];
  });
}

async function layOut(
  host: Host,
  hosts: readonly Host[],
  task: TrainingTask,
  files: 'linked' | 'copied',
): Promise<void> {
  const config = join(host.base, 'input', 'config');
  for (const path of ['input/config', 'input/data', 'model', 'output/data', 'code']) {
    await mkdir(join(host.base, path), { recursive: true });
  }
  const write = (name: string, value: unknown) => writeFile(join(config, name), JSON.stringify(value));
  const hyperparameters =
    files === 'linked' ? inFolder(task.hyperparameters, host.base) : task.hyperparameters;
  await write('hyperparameters.json', hyperparameters);
  await write('inputdataconfig.json', inputDataConfig(host));
  await write('resourceconfig.json', resourceConfig(host, hosts, files === 'copied' ? 'eth0' : loopback()));
  for (const channel of host.channels) {
    const folder = joinInside(join(host.base, 'input', 'data'), channel.name);
    await mkdir(folder, { recursive: true });
    for (const file of channel.files) {
      if (task.signal.aborted) throw new Error('the job was stopped');
      await place(file, folder, files).catch((error: NodeJS.ErrnoException) => {
        throw isTaken(error)
          ? new JobError(
              `ClientError: channel "${channel.name}": several of its objects would have the path "${file.name}" in the ` +
                "container: change their keys, or the channel's prefix",
            )
          : error;
      });
    }
  }
  await layOutCheckpoints(host, task, files);
}

async function place(file: ChannelFile, folder: string, files: 'linked' | 'copied'): Promise<void> {
  const path = joinInside(folder, file.name);
  await mkdir(dirname(path), { recursive: true });
  if (files === 'linked') {
    await symlink(resolve(file.path), path);
  } else {
    await copyFile(file.path, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  }
}

/** Whether the error means that a file or folder already exists at the path. */
function isTaken({ code }: NodeJS.ErrnoException): boolean {
  return code === 'EEXIST' || code === 'ENOTDIR';
}

/** All hosts write checkpoints to the same folder, which replaces the S3 location that the hosts share on SageMaker. */
async function layOutCheckpoints(host: Host, task: TrainingTask, files: 'linked' | 'copied'): Promise<void> {
  if (task.checkpoints === undefined) return;
  await mkdir(task.checkpoints.folder, { recursive: true });
  if (files === 'copied') return; // mounted at the container's path
  const { localPath, folder } = task.checkpoints;
  const path = resolve(pathInFolder(localPath, host.base)); // normalizes `..` and a trailing slash
  if (!path.startsWith(`${host.base}/`)) {
    throw new JobError(
      `ClientError: CheckpointConfig.LocalPath is "${localPath}": without a container, local mode stores checkpoints ` +
        `only below ${CONTAINER_BASE}`,
    );
  }
  await mkdir(dirname(path), { recursive: true });
  await symlink(resolve(folder), path, 'junction').catch((error: NodeJS.ErrnoException) => {
    throw isTaken(error)
      ? new JobError(
          `ClientError: CheckpointConfig.LocalPath is "${localPath}", which has other content: use a separate folder for ` +
            `checkpoints, such as ${CONTAINER_BASE}/checkpoints`,
        )
      : error;
  });
}

/** Content of `inputdataconfig.json`. */
export function inputDataConfig({ channels }: Host): Record<string, unknown> {
  return Object.fromEntries(
    channels.map(({ name, contentType, distribution, inputMode }) => [
      name,
      {
        ...(contentType !== undefined && { ContentType: contentType }),
        TrainingInputMode: inputMode,
        S3DistributionType: distribution,
        RecordWrapperType: 'None',
      },
    ]),
  );
}

/** Content of `resourceconfig.json`. */
export function resourceConfig(
  host: Host,
  hosts: readonly Host[],
  networkInterface: string,
): Record<string, unknown> {
  const groups = new Map<string, Host[]>();
  for (const each of hosts) {
    const group = each.group ?? ONLY_GROUP;
    groups.set(group, [...(groups.get(group) ?? []), each]);
  }
  return {
    current_host: host.name,
    current_instance_type: host.instanceType,
    current_group_name: host.group ?? ONLY_GROUP,
    hosts: hosts.map(({ name }) => name),
    instance_groups: [...groups].map(([name, members]) => ({
      instance_group_name: name,
      instance_type: members[0]?.instanceType,
      hosts: members.map((member) => member.name),
    })),
    network_interface_name: networkInterface,
  };
}

/** Name of the loopback network interface, which connects the hosts. */
export function loopback(): string {
  return process.platform === 'linux' ? 'lo' : 'lo0';
}

/** Replaces paths below `/opt/ml` in values by paths in the folder that replaces `/opt/ml`. */
export function inFolder(
  values: Readonly<Record<string, string>>,
  base: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      // Hyperparameters may be JSON, so a quoted path is replaced, too.
      value.replace(/^("?)(\/opt\/ml)(?=\/|"|$)/, (_, quote: string) => quote + base),
    ]),
  );
}

/** Converts a container path to a path of this machine. Paths outside `/opt/ml` are not changed. */
export function pathInFolder(path: string, base: string): string {
  return path === CONTAINER_BASE || path.startsWith(`${CONTAINER_BASE}/`)
    ? base + path.slice(CONTAINER_BASE.length)
    : path;
}

/**
 * Merges the folders `model/` and `output/data/` of several hosts into the job's working folder, as SageMaker
 * does when it stores a job's output. If several hosts have a file with the same name, the last host's file wins.
 */
export async function mergeOutputs(hosts: readonly Host[], workFolder: string): Promise<void> {
  if (hosts.length === 1) return;
  for (const part of ['model', join('output', 'data')]) {
    const target = join(workFolder, part);
    await mkdir(target, { recursive: true });
    for (const { base } of hosts) {
      const source = join(base, part);
      if ((await readdir(source).catch(() => [])).length > 0) {
        await cp(source, target, { recursive: true, force: true, dereference: true });
      }
    }
  }
}
