import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loopback } from '../../../src/training/job-folder';
import type { TrainingTask } from '../../../src/training/trainer';
import { newFolder, projectEnvironments } from '../script-support';

/** Why the toolkit cannot be installed on this machine. Undefined if it can be installed. */
export function toolkitRefusal(): string | undefined {
  if (process.platform !== 'linux') return 'it needs Linux';
  try {
    execFileSync('cc', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'it needs a C compiler (cc)';
  }
}

/** A Python interpreter that has the toolkit, in `.venv/sagemaker-training`. */
export async function toolkitPython(): Promise<string> {
  const { python } = await projectEnvironments.forPackages({
    name: 'sagemaker-training',
    requirements: [join(__dirname, 'requirements.txt')],
    packages: { paramiko: '4.0.0', retrying: '1.4.2', setuptools: '80.10.2', wheel: undefined },
    python: { min: '3.10' },
  });
  const pip = (...words: string[]) =>
    execFileSync(python, ['-m', 'pip', '--quiet', '--disable-pip-version-check', ...words], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  try {
    execFileSync(python, ['-c', 'import inotify_simple, gethostname'], { stdio: 'ignore' });
  } catch {
    const list = join(__dirname, 'sdists.txt');
    pip('install', '--no-deps', '--no-build-isolation', '--require-hashes', '-r', list);
  }
  return python;
}

/** The results of a job, run by the toolkit or by local mode. */
export interface Left {
  /** The folder that the job used as `/opt/ml`. */
  readonly base: string;
  readonly exitCode: number;
  /** The content of the failure file. Undefined if the file does not exist. */
  readonly failure: string | undefined;
  /** The script's arguments and environment, as recorded by `probe.py`. Undefined if the script never started. */
  readonly seen: Seen | undefined;
}

/** The environment that a script sees. */
export interface Seen {
  readonly arguments: readonly string[];
  readonly program: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

type Task = Pick<
  TrainingTask,
  'hyperparameters' | 'environment' | 'channels' | 'trainingJobName' | 'instances'
> & { readonly capturesErrors: boolean };

/** Runs the last instance of each job with the toolkit. */
export async function trainWithToolkit(python: string, tasks: readonly Task[]): Promise<Left[]> {
  const jobs = tasks.map((task) => {
    const base = newFolder();
    layOut(base, task);
    const environment = {
      PATH: process.env.PATH ?? '',
      LANG: 'C.UTF-8',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      TRAINING_JOB_NAME: task.trainingJobName,
      // The host names do not have to resolve.
      SM_STUDIO_LOCAL_MODE: 'true',
      ...(task.capturesErrors && { SAGEMAKER_TRAINING_MODULE: 'capturing_framework:main' }),
      ...task.environment,
    };
    return { base, environment };
  });
  const { exitCodes } = JSON.parse(await runDriver(python, { jobs })) as { exitCodes: number[] };
  return jobs.map(({ base }, i) => leftIn(base, exitCodes[i] ?? -1));
}

/** Reads the results of a job from the job's folder. */
export function leftIn(base: string, exitCode: number): Left {
  const read = (path: string) =>
    existsSync(join(base, path)) ? readFileSync(join(base, path), 'utf8') : undefined;
  const seen = read('output/data/seen.json');
  return {
    base,
    exitCode,
    failure: read('output/failure'),
    seen: seen === undefined ? undefined : (JSON.parse(seen) as Seen),
  };
}

function layOut(base: string, { hyperparameters, channels, instances }: Task): void {
  for (const folder of ['input/config', 'input/data', 'model', 'output/data']) {
    mkdirSync(join(base, folder), { recursive: true });
  }
  const write = (name: string, value: unknown) =>
    writeFileSync(join(base, 'input/config', name), JSON.stringify(value));
  const inFolder = Object.entries(hyperparameters).map(([name, value]) => [
    name,
    value.replaceAll('/opt/ml', base),
  ]);
  write('hyperparameters.json', Object.fromEntries(inFolder));
  const hosts = instances.map(({ name }) => name);
  write('resourceconfig.json', {
    current_host: hosts.at(-1),
    current_instance_type: 'ml.m5.xlarge',
    current_group_name: 'homogeneousCluster',
    hosts,
    instance_groups: [{ instance_group_name: 'homogeneousCluster', instance_type: 'ml.m5.xlarge', hosts }],
    network_interface_name: loopback(),
  });
  const configuration = channels.map(({ name, contentType }) => [
    name,
    {
      ...(contentType !== undefined && { ContentType: contentType }),
      TrainingInputMode: 'File',
      S3DistributionType: 'FullyReplicated',
      RecordWrapperType: 'None',
    },
  ]);
  write('inputdataconfig.json', Object.fromEntries(configuration));
  for (const { name, files } of channels) {
    mkdirSync(join(base, 'input/data', name), { recursive: true });
    for (const file of files) cpSync(file.path, join(base, 'input/data', name, basename(file.name)));
  }
}

function runDriver(python: string, input: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, [join(__dirname, 'run_toolkit.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve(output) : reject(new Error(`the toolkit's driver ended with ${code}`)),
    );
    child.stdin.end(JSON.stringify(input));
  });
}
