import { delimiter, dirname, join } from 'node:path';
import { algorithmError } from '../failure-reason';
import { type HostJob, runHosts } from '../host-cluster';
import { gpuCount, hostAddresses, hostDetails, hostEnvironment, hostVariables } from '../host-variables';
import { type Host, inFolder, JobError, layOutHosts, pipeRefusal } from '../job-folder';
import { JobRunner, unlessAborted } from '../job-runner';
import type { TransformTask } from '../model-server';
import type { PythonEnvironments } from '../python-environment';
import { PYTHON_FOLDER } from '../python-process';
import {
  SAGEMAKER_STOP_GRACE_MS,
  type TrainedAlgorithm,
  type Trainer,
  type TrainingOutcome,
  type TrainingTask,
} from '../trainer';
import { isXGBoostImage } from '../xgboost-images';
import { xgboostMetricDefinitions } from '../xgboost-trainer';
import { checkImports, containerModuleFolders } from './container-modules';
import { install, installationOf } from './dependencies';
import { type EntryPointKind, entryPointKind, missingProgram } from './entry-point';
import { FRAMEWORK_REPOSITORIES, type Framework, frameworkOf } from './frameworks';
import { distributionOf, distributionRefusal, launchCommand } from './launch';
import { type ScriptStart, scriptStarts } from './script-environment';
import { createScriptServer } from './script-server';
import { placeSourceCode, submitPath } from './source-code';

/** Options of `createScriptTrainer`. */
export interface ScriptTrainerOptions {
  readonly environments: Pick<PythonEnvironments, 'forPackages' | 'withRequirements'>;
  /** Maximum number of parallel jobs, each in separate processes. Further jobs wait. @default no limit */
  readonly maxJobs?: number;
  /**
   * Time between SIGTERM and SIGKILL when a job is stopped.
   *
   * @default 120 seconds, as on SageMaker
   */
  readonly stopGraceMilliseconds?: number;
}

/**
 * Creates the trainer of script mode. The user's program runs in a separate process, with the arguments, the
 * `SM_*` environment and the folders of SageMaker's framework containers. Each instance is a separate
 * process.
 *
 * The folder that replaces `/opt/ml` is different for each job. Programs find it in the `SM_*` variables. If the value
 * of a hyperparameter or an environment variable is a path below `/opt/ml`, it is changed to a path in this folder.
 */
export function createScriptTrainer(options: ScriptTrainerOptions): Trainer {
  const { environments, stopGraceMilliseconds = SAGEMAKER_STOP_GRACE_MS } = options;
  const jobs = new JobRunner<TrainingTask>(options.maxJobs ?? Number.POSITIVE_INFINITY);
  const transforms = new JobRunner<TransformTask>(1);

  async function frameworkPython({ trainingImage }: TrainedAlgorithm): Promise<string> {
    const [wanted, ...alternatives] = frameworkFor(trainingImage).packages(trainingImage);
    return (await environments.forPackages(wanted, alternatives)).python;
  }

  async function runJob(task: TrainingTask): Promise<TrainingOutcome> {
    const python = await unlessAborted(frameworkPython(task), task.signal);
    const hosts = await layOutHosts(task, 'linked');
    const addresses = hostAddresses(hosts);
    const starts = await scriptStarts(
      python,
      hosts.map((host) => ({
        hyperparameters: inFolder(task.hyperparameters, host.base),
        variables: {
          ...hostVariables(task, hosts, host),
          framework_module: frameworkFor(task.trainingImage).module,
        },
        details: hostDetails(task, host),
      })),
    );
    const [first] = starts;
    if (first === undefined) throw new JobError('ClientError: the job has no instance');
    for (const [i, host] of hosts.entries()) {
      await placeSourceCode(
        await sourceOf(starts[i] ?? first, host, task),
        join(host.base, 'code'),
        i === 0 ? task.onLog : () => undefined,
      );
    }
    const program = String(first.sagemaker.sagemaker_program);
    const firstCode = join(hosts[0]?.base ?? task.workFolder, 'code');
    const kind = await entryPointKind(program, firstCode);
    const ownPython = await withDependencies(python, kind, firstCode, task);
    const missing = await missingProgram(program, kind, firstCode);
    if (missing !== undefined) task.onLog(missing);
    const { containerModules } = frameworkFor(task.trainingImage);
    await checkImports(ownPython, join(firstCode, program), containerModules, task.trainingImage);
    const distribution = await distributionOf(first.sagemaker, hosts, gpuCount());
    const hostJobs: HostJob[] = [];
    let shown: string | undefined;
    for (const [i, host] of hosts.entries()) {
      const start = starts[i] ?? first;
      const codeFolder = join(host.base, 'code');
      const launch = { python: ownPython, program, kind, args: start.arguments, codeFolder };
      const words = await launchCommand(launch, distribution, host, hosts, addresses);
      if (words === undefined) continue;
      shown ??= words.join(' ');
      const base = hostEnvironment(task, hosts, host, addresses);
      const environment = inFolder(task.environment, host.base);
      const env = {
        ...base,
        ...MPI_ENVIRONMENT,
        PATH: [dirname(ownPython), base.PATH].filter(Boolean).join(delimiter),
        ...start.environment,
        ...environment,
        PYTHONPATH: [
          base.PYTHONPATH,
          codeFolder,
          ...containerModuleFolders(containerModules),
          environment.PYTHONPATH,
        ]
          .filter(Boolean)
          .join(delimiter),
      };
      const args = [...runnerArguments(frameworkFor(task.trainingImage)), ...words];
      hostJobs.push({ host, command: { command: python, args, cwd: codeFolder, env } });
    }
    if (task.signal.aborted) return { status: 'Stopped' };
    task.onStart();
    task.onLog(`Invoking script with the following command: ${shown}`);
    return runHosts(hostJobs, task, { milliseconds: stopGraceMilliseconds, hurry: jobs.closed });
  }

  async function sourceOf({ sagemaker }: ScriptStart, host: Host, task: TrainingTask): Promise<string> {
    const directory = sagemaker.sagemaker_submit_directory;
    if (typeof directory !== 'string' || directory === '') {
      throw new JobError(
        'ClientError: the hyperparameter sagemaker_submit_directory is missing: it must be the location of the code',
      );
    }
    const path = submitPath(directory, host.base);
    if (path !== undefined) return path;
    if (task.objectFile && directory.startsWith('s3://')) {
      try {
        return task.objectFile(directory);
      } catch (error) {
        throw new JobError(`ClientError: sagemaker_submit_directory: ${(error as Error).message}`);
      }
    }
    throw new JobError(
      `ClientError: sagemaker_submit_directory is "${directory}": local mode requires the code in a channel, such as ` +
        '/opt/ml/input/data/code/sourcedir.tar.gz',
    );
  }

  /**
   * A Python interpreter with the code's dependencies: the packages of its `requirements.txt` and, for a module,
   * also the module's package.
   */
  async function withDependencies(
    python: string,
    kind: EntryPointKind,
    codeFolder: string,
    task: TrainingTask,
  ): Promise<string> {
    const installation = await installationOf(kind, codeFolder);
    return install(installation, python, environments, task, ({ error, words }, message) => {
      const shown = frameworkFor(task.trainingImage).capturesErrors ? message : '';
      const command = `${python} -m pip install ${words}`;
      return algorithmError(`${error}:\nExitCode 1\nErrorMessage "${shown}"\nCommand "${command}"`, 1);
    });
  }

  const runsScript = ({ trainingImage, hyperparameters }: TrainedAlgorithm) =>
    hyperparameters.sagemaker_program !== undefined && frameworkOf(trainingImage) !== undefined;
  const refusalOf = (algorithm: TrainedAlgorithm): string | undefined => {
    if (runsScript(algorithm)) {
      return pipeRefusal(algorithm.pipedChannels) ?? distributionRefusal(algorithm.hyperparameters);
    }
    const { trainingImage } = algorithm;
    return frameworkOf(trainingImage) !== undefined && !isXGBoostImage(trainingImage)
      ? `"${trainingImage}" runs a script, but there is none: set the hyperparameters sagemaker_program and sagemaker_submit_directory`
      : undefined;
  };

  return {
    images: `scripts (hyperparameter sagemaker_program) on the images ${FRAMEWORK_REPOSITORIES.join(', ')}`,
    accepts: (algorithm) => runsScript(algorithm) && refusalOf(algorithm) === undefined,
    refusal: refusalOf,
    // SageMaker applies its own metric definitions to its XGBoost image, even if the image runs a script. For other
    // images, only the user defines metrics.
    metricDefinitions: ({ trainingImage }) =>
      isXGBoostImage(trainingImage) ? xgboostMetricDefinitions(trainingImage) : [],
    async prepare(algorithm) {
      await frameworkPython(algorithm);
    },
    train: (task) => jobs.run(task, runJob),
    serving: createScriptServer(environments, transforms),
    async close() {
      await Promise.all([jobs.close(), transforms.close()]);
    },
  };
}

/** Allows Open MPI to start more processes than cores, and to run as root. Other programs ignore these variables. */
const MPI_ENVIRONMENT = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
};

/**
 * Arguments that start `local/python/run_script.py` in Python's isolated mode. That script runs the program and reports
 * its errors.
 */
function runnerArguments({ capturesErrors }: Framework): string[] {
  return ['-I', '-S', join(PYTHON_FOLDER, 'run_script.py'), ...(capturesErrors ? ['--capture-errors'] : [])];
}

function frameworkFor(trainingImage: string): Framework {
  const framework = frameworkOf(trainingImage);
  if (framework === undefined) throw new JobError(`ClientError: "${trainingImage}" is not a framework image`);
  return framework;
}
