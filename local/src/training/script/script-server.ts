import { mkdir, stat } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { processEnvironment } from '../host-variables';
import { parseImage } from '../image-uri';
import { inFolder, JobError } from '../job-folder';
import { type JobRunner, unlessAborted } from '../job-runner';
import type { TrainingOutcome } from '../job-types';
import type { ModelServer, ServedModel, TransformTask } from '../model-server';
import { unpackModel } from '../pool-serving';
import type { PythonEnvironments } from '../python-environment';
import { type AgentServer, runAgent } from '../transform-agent';
import { type ContainerModules, checkImports, containerModuleFolders } from './container-modules';
import { install, installationOf } from './dependencies';
import { type Framework, frameworkOf } from './frameworks';
import { placeSourceCode, submitPath } from './source-code';

/** How a framework's image serves the models of scripts. */
interface ServingFramework {
  readonly handler: (AgentServer & { kind: 'script' })['framework'];
  /** The repository of the framework's training image, which has the same packages as the serving image. */
  readonly trains: string;
  readonly modules: readonly ContainerModules[];
  /** The script's name if SAGEMAKER_PROGRAM is not set. @default - SAGEMAKER_PROGRAM is required */
  readonly program?: string;
  /** Whether the code is always in the model archive, regardless of the environment variables. */
  readonly codeIsInModel: boolean;
}

/** Frameworks by the repository of their image, in any account. */
const SERVING_FRAMEWORKS: Readonly<Record<string, ServingFramework>> = {
  'sagemaker-xgboost': {
    handler: 'xgboost',
    trains: 'sagemaker-xgboost',
    modules: ['toolkit', 'inference', 'xgboost'],
    codeIsInModel: false,
  },
  'sagemaker-scikit-learn': {
    handler: 'scikit-learn',
    trains: 'sagemaker-scikit-learn',
    modules: ['toolkit', 'inference'],
    codeIsInModel: false,
  },
  'pytorch-inference': {
    handler: 'pytorch',
    trains: 'pytorch-training',
    modules: ['inference'],
    program: 'inference.py',
    codeIsInModel: true,
  },
};

/** Folder of the code in a model archive. */
const CODE_IN_MODEL = '/opt/ml/model/code';

/** Failure reason if pip fails. The log contains pip's message. */
const NOT_INSTALLED =
  'AlgorithmError: See job logs for more information (the packages of requirements.txt cannot be installed)';

/**
 * Creates the server for models of scripts (`model_fn`, `input_fn`, `predict_fn`, `output_fn` or
 * `transform_fn`). The script runs in a separate process, with the packages of its framework.
 */
export function createScriptServer(
  environments: Pick<PythonEnvironments, 'forPackages' | 'withRequirements'>,
  jobs: JobRunner<TransformTask>,
): ModelServer {
  async function transform(task: TransformTask): Promise<TrainingOutcome> {
    const serving = servingFrameworkFor(task);
    const [wanted, ...alternatives] = trainingFramework(serving).packages(task.image);
    const { python } = await unlessAborted(environments.forPackages(wanted, alternatives), task.signal);
    const modelFolder = await unpackModel(task);
    const environment = inFolder(task.environment, task.workFolder);
    const codeFolder = await placeCode(task, serving);
    const program = programOf(task, serving) ?? '';
    // Installs the packages before the server starts, as the containers do.
    const installation = await installationOf('program', codeFolder);
    const ownPython = await install(installation, python, environments, task, () => NOT_INSTALLED);
    await checkImports(ownPython, join(codeFolder, program), serving.modules, task.image);
    const base = processEnvironment(task.workFolder, task.region, task.threads);
    return runAgent(
      task,
      modelFolder,
      { kind: 'script', framework: serving.handler, module: moduleOf(program), modelFolder },
      {
        command: ownPython,
        cwd: task.workFolder,
        env: {
          ...base,
          SM_MODEL_DIR: modelFolder,
          ...environment,
          PATH: [dirname(ownPython), base.PATH].filter(Boolean).join(delimiter),
          PYTHONPATH: [codeFolder, ...containerModuleFolders(serving.modules), environment.PYTHONPATH]
            .filter(Boolean)
            .join(delimiter),
        },
      },
    );
  }

  return {
    images: `models of scripts (SAGEMAKER_PROGRAM) with the images ${Object.keys(SERVING_FRAMEWORKS).join(', ')}`,
    accepts: (model) => servingFrameworkOf(model) !== undefined && programOf(model) !== undefined,
    refusal: (model) =>
      servingFrameworkOf(model) === undefined
        ? undefined
        : `the image "${model.image}" serves models with a script, but there is none: set SAGEMAKER_PROGRAM and ` +
          "SAGEMAKER_SUBMIT_DIRECTORY in the Environment of the model's container",
    transform: (task) => jobs.run(task, transform),
  };
}

function servingFrameworkOf({ image }: ServedModel): ServingFramework | undefined {
  const { repository } = parseImage(image);
  return Object.hasOwn(SERVING_FRAMEWORKS, repository) ? SERVING_FRAMEWORKS[repository] : undefined;
}

function servingFrameworkFor(model: ServedModel): ServingFramework {
  const framework = servingFrameworkOf(model);
  if (framework === undefined) throw new JobError(`ClientError: "${model.image}" serves no scripts`);
  return framework;
}

function trainingFramework({ trains }: ServingFramework): Framework {
  const framework = frameworkOf(trains);
  if (framework === undefined) throw new Error(`no framework ${trains}`);
  return framework;
}

function programOf(
  model: ServedModel,
  framework: ServingFramework | undefined = servingFrameworkOf(model),
): string | undefined {
  return model.environment.SAGEMAKER_PROGRAM || framework?.program;
}

function moduleOf(program: string): string {
  return program.replace(/\.py$/, '');
}

/**
 * Places the code where it can be imported.
 *
 * @returns its folder
 */
async function placeCode(task: TransformTask, { codeIsInModel }: ServingFramework): Promise<string> {
  const given = task.environment.SAGEMAKER_SUBMIT_DIRECTORY || CODE_IN_MODEL;
  const directory = codeIsInModel ? CODE_IN_MODEL : given.replace(/^file:\/\//, '');
  const folder = submitPath(directory, task.workFolder);
  if (folder !== undefined) {
    if ((await stat(folder).catch(() => undefined)) !== undefined || codeIsInModel) return folder;
    throw new JobError(`ClientError: SAGEMAKER_SUBMIT_DIRECTORY: the model archive has no ${directory}`);
  }
  if (!directory.startsWith('s3://')) {
    throw new JobError(
      `ClientError: SAGEMAKER_SUBMIT_DIRECTORY is "${given}": local mode requires the code in the model archive, in ` +
        `${CODE_IN_MODEL}, or an s3:// URI`,
    );
  }
  const codeFolder = join(task.workFolder, 'code');
  await mkdir(codeFolder, { recursive: true });
  await placeSourceCode(codeFile(task, directory), codeFolder, task.onLog);
  return codeFolder;
}

function codeFile(task: TransformTask, uri: string): string {
  if (task.objectFile === undefined)
    throw new JobError(`ClientError: SAGEMAKER_SUBMIT_DIRECTORY: cannot read ${uri}`);
  try {
    return task.objectFile(uri);
  } catch (error) {
    throw new JobError(`ClientError: SAGEMAKER_SUBMIT_DIRECTORY: ${(error as Error).message}`);
  }
}
