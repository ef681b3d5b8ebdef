import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { algorithmError } from '../failure-reason';
import { freePort } from '../free-port';
import { type Host, JobError } from '../job-folder';
import type { EntryPointKind } from './entry-point';

/** The command that starts the program of a script-mode job. */
export interface Launch {
  readonly python: string;
  /** Path of the program in the code folder. */
  readonly program: string;
  readonly args: readonly string[];
  readonly codeFolder: string;
  readonly kind: EntryPointKind;
}

/** How the processes of several hosts are started, and how they find each other. */
export type Distribution =
  | { readonly kind: 'none' }
  | { readonly kind: 'torchrun'; readonly processesPerHost: number; readonly port: number }
  | { readonly kind: 'mpi'; readonly processes: number; readonly options: readonly string[] };

/**
 * Kinds of distributed training that local mode does not support. Maps the hyperparameter that enables each kind to the
 * reason.
 */
const NOT_HERE: Readonly<Record<string, string>> = {
  sagemaker_distributed_dataparallel_enabled:
    "SageMaker's data parallel library only runs on its GPU clusters",
  sagemaker_pytorch_ddp_enabled: 'this launcher is not implemented: use torch_distributed (torchrun)',
  sagemaker_pytorch_xla_multi_worker_enabled: "SageMaker's training compiler only runs on its GPU clusters",
  sagemaker_parameter_server_enabled: 'parameter servers are not implemented',
  sagemaker_multi_worker_mirrored_strategy_enabled: 'this launcher is not implemented',
};

/**
 * The distribution that the hyperparameters select.
 *
 * @param sagemaker the decoded hyperparameters of the container
 * @throws JobError for a distribution that cannot run on this machine
 */
export async function distributionOf(
  sagemaker: Readonly<Record<string, unknown>>,
  hosts: readonly Host[],
  gpus: number,
): Promise<Distribution> {
  const refusal = refusalOf((name) => sagemaker[name] === true);
  if (refusal !== undefined) throw new JobError(`ClientError: ${refusal}`);
  const processesPerHost = Number(sagemaker.sagemaker_mpi_num_of_processes_per_host ?? Math.max(1, gpus));
  if (sagemaker.sagemaker_torch_distributed_enabled === true) {
    return { kind: 'torchrun', processesPerHost, port: await freePort() };
  }
  if (sagemaker.sagemaker_mpi_enabled === true) {
    return {
      kind: 'mpi',
      processes: Number(sagemaker.sagemaker_mpi_num_processes ?? processesPerHost * hosts.length),
      options: String(sagemaker.sagemaker_mpi_custom_mpi_options ?? '')
        .split(/\s+/)
        .filter(Boolean),
    };
  }
  return { kind: 'none' };
}

/**
 * Why the selected distribution cannot run on this machine.
 *
 * @param hyperparameters hyperparameters of the request
 */
export function distributionRefusal(hyperparameters: Readonly<Record<string, string>>): string | undefined {
  return refusalOf((name) => hyperparameters[name]?.trim() === 'true');
}

function refusalOf(isSet: (hyperparameter: string) => boolean): string | undefined {
  const [name, reason] = Object.entries(NOT_HERE).find(([hyperparameter]) => isSet(hyperparameter)) ?? [];
  if (name !== undefined) return `${name} is set, which local mode cannot run: ${reason}`;
  return isSet('sagemaker_mpi_enabled') && !hasMpi()
    ? 'sagemaker_mpi_enabled is set, but this machine has no mpirun: install Open MPI or MPICH'
    : undefined;
}

/**
 * The arguments of the command that starts the program on a host.
 *
 * @returns undefined for a host whose processes another host starts (MPI)
 * @throws JobError when the program cannot be started with this kind of distribution
 */
export async function launchCommand(
  launch: Launch,
  distribution: Distribution,
  host: Host,
  hosts: readonly Host[],
  addresses: Readonly<Record<string, string>>,
): Promise<string[] | undefined> {
  const { python, program, args, kind } = launch;
  if (distribution.kind === 'none') {
    if (kind === 'program') return [python, '--', program, ...args];
    if (kind === 'module') return [python, '-m', program.replace(/\.py$/, ''), ...args];
    await makeExecutable(program, launch.codeFolder);
    return ['/bin/sh', '-c', `./${quoted(program)} ${args.map(quoted).join(' ')}`];
  }
  if (kind !== 'program') {
    throw new JobError(
      `ClientError: ${distribution.kind} starts only Python programs: "${program}" must end with .py, and there must be no setup.py`,
    );
  }
  if (distribution.kind === 'mpi') {
    if (host.rank > 0) return undefined;
    const mpirun = ['mpirun', '-np', String(distribution.processes), ...distribution.options];
    return [...mpirun, python, '-m', 'mpi4py', program, ...args];
  }
  const [first] = hosts;
  const rendezvous = [
    ...['--master_addr', addresses[first?.name ?? ''] ?? '127.0.0.1'],
    ...['--master_port', String(distribution.port)],
    ...['--node_rank', String(host.rank)],
  ];
  return [
    ...[python, '-m', 'torch.distributed.run', '--nnodes', String(hosts.length)],
    ...['--nproc_per_node', String(distribution.processesPerHost), ...rendezvous],
    ...[program, ...args],
  ];
}

async function makeExecutable(program: string, codeFolder: string): Promise<void> {
  const path = join(codeFolder, program);
  try {
    await chmod(path, 0o777);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const message = `Framework Error: \n[Errno 2] No such file or directory: '${path}'`;
    throw new JobError(algorithmError(message, 2));
  }
}

/** Quotes an argument for a shell, like Python's `shlex.quote`. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}

function hasMpi(): boolean {
  try {
    execFileSync('mpirun', ['--version'], { stdio: 'ignore', timeout: 10_000, env: process.env });
    return true;
  } catch {
    return false;
  }
}
