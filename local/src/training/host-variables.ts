import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Host, inputDataConfig, loopback, resourceConfig } from './job-folder';
import { PYTHON_FOLDER } from './python-process';
import type { TrainingTask } from './trainer';

/**
 * Variables that processes need from this machine's environment. Excludes credentials, tokens and personal
 * settings.
 */
const PASSED_ON = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SYSTEMROOT',
  'LD_LIBRARY_PATH',
  'DYLD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
];

let jobs = 0;

/**
 * Assigns different addresses to the hosts of each job, so that parallel jobs can use the same ports. Only
 * Linux has more than one loopback address.
 */
export function hostAddresses(hosts: readonly Host[]): Readonly<Record<string, string>> {
  const isShared = process.platform !== 'linux';
  jobs += 1;
  // The address is 127.<two bytes from the process ID and the job>.<host>, but never begins with 127.0.
  const job = (process.pid * 31 + jobs) % (254 * 256);
  const network = `127.${1 + Math.floor(job / 256)}.${job % 256}`;
  return Object.fromEntries(
    hosts.map(({ name, rank }) => [name, isShared ? '127.0.0.1' : `${network}.${rank + 1}`]),
  );
}

/**
 * The environment of a process that runs a user's code. It contains only those variables of this machine's
 * environment that processes need, and no credentials.
 *
 * @param base the folder that replaces `/opt/ml`
 */
export function processEnvironment(
  base: string,
  region: string | undefined,
  threads: number,
): Record<string, string> {
  const ofThisMachine = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(ofThisMachine),
    // Hides the user's AWS credentials from scripts.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(region !== undefined && {
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      SAGEMAKER_REGION: region,
    }),
    SAGEMAKER_BASE_DIR: base,
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
    OMP_NUM_THREADS: String(threads),
    OPENBLAS_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    // By default, idle OpenMP threads spin, which slows down other processes.
    OMP_WAIT_POLICY: 'PASSIVE',
  };
}

/** The environment of a host's process, except the variables that depend on the program. */
export function hostEnvironment(
  task: TrainingTask,
  hosts: readonly Host[],
  host: Host,
  addresses: Readonly<Record<string, string>>,
): Record<string, string> {
  const threads = Math.max(1, Math.floor(task.threads / hosts.length));
  return {
    ...processEnvironment(host.base, task.region, threads),
    TRAINING_JOB_NAME: task.trainingJobName,
    TRAINING_JOB_ARN: task.trainingJobArn,
    CURRENT_HOST: host.name,
    SAGEMAKER_LOCAL_HOSTS: JSON.stringify(addresses),
    PYTHONPATH: join(PYTHON_FOLDER, 'hosts'),
  };
}

/**
 * The `SM_*` variables that do not depend on the program, without their prefix and not yet converted to
 * strings.
 */
export function hostVariables(
  task: TrainingTask,
  hosts: readonly Host[],
  host: Host,
): Record<string, unknown> {
  const input = join(host.base, 'input');
  const output = join(host.base, 'output');
  const channels = host.channels.map(({ name }) => name).sort();
  const folders = channelFolders(host);
  const resources = resourceConfig(host, hosts, loopback());
  const groups = resources.instance_groups as { instance_group_name: string; hosts: string[] }[];
  const group = resources.current_group_name as string;
  return {
    hosts: resources.hosts,
    current_host: host.name,
    current_instance_type: host.instanceType,
    current_instance_group: group,
    current_instance_group_hosts: groups.find((each) => each.instance_group_name === group)?.hosts,
    instance_groups: groups.map((each) => each.instance_group_name),
    instance_groups_dict: Object.fromEntries(groups.map((each) => [each.instance_group_name, each])),
    is_hetero: groups.length > 1,
    network_interface_name: loopback(),
    resource_config: resources,
    input_data_config: inputDataConfig(host),
    input_dir: input,
    input_config_dir: join(input, 'config'),
    channels,
    ...Object.fromEntries(Object.entries(folders).map(([name, folder]) => [`channel_${name}`, folder])),
    model_dir: join(host.base, 'model'),
    output_dir: output,
    output_data_dir: join(output, 'data'),
    output_intermediate_dir: join(output, 'intermediate'),
    num_cpus: Math.max(1, Math.floor(task.threads / hosts.length)),
    num_gpus: gpuCount(),
    num_neurons: 0,
  };
}

/** Additional members of `SM_TRAINING_ENV`. */
export function hostDetails(task: TrainingTask, host: Host): Record<string, unknown> {
  return { channel_input_dirs: channelFolders(host), job_name: task.trainingJobName };
}

function channelFolders({ base, channels }: Host): Record<string, string> {
  return Object.fromEntries(channels.map(({ name }) => [name, join(base, 'input', 'data', name)]));
}

/** Converts variables to strings: strings stay as they are; other values become JSON. */
export function asEnvironment(variables: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      `SM_${name.toUpperCase()}`,
      typeof value === 'string' ? value : JSON.stringify(value ?? ''),
    ]),
  );
}

let foundGpus: number | undefined;

/** Number of GPUs of this machine. */
export function gpuCount(): number {
  if (foundGpus === undefined) {
    try {
      const list = execFileSync('nvidia-smi', ['--list-gpus'], {
        encoding: 'utf8',
        stdio: 'pipe',
        timeout: 5000,
      });
      foundGpus = list.split('\n').filter((line) => line.startsWith('GPU ')).length;
    } catch {
      foundGpus = 0;
    }
  }
  return foundGpus;
}
