import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CONTAINER_IMAGE, DISTRIBUTION, FRAMEWORK, METRIC, SCRIPT_SOURCE } from '../private/aws-shapes';
import { validationError } from '../private/problems';
import { regionalImage } from '../private/registry';
import { list, map, optional, requireShape, struct, text } from '../private/shape';
import {
  type AlgorithmDefinition,
  type AlgorithmUse,
  type TrainingImage,
  USUAL_CHANNELS,
} from './algorithm-definition';
import type { AlgorithmRules } from './algorithm-rules';
import type { Framework } from './framework';
import {
  type Framework as FrameworkName,
  frameworkImage,
  isGpuInstance,
  knownVersions,
} from './framework-images';
import { checkInstallation, installationEnvironment } from './script-installation';
import type { ScriptOptions } from './script-options';
import { xgboost } from './xgboost';
import { XGBOOST_IMAGES } from './xgboost-images';
import { XGBoostVersion } from './xgboost-options';

/** Where SageMaker puts the channel with the code. */
const CODE_FOLDER = '/opt/ml/input/data/code';

const OPTIONS = struct<ScriptOptions>({
  source: SCRIPT_SOURCE,
  entryPoint: text,
  framework: FRAMEWORK,
  metrics: optional(list(METRIC)),
  environment: optional(map(text)),
  distribution: optional(DISTRIBUTION),
  image: optional(CONTAINER_IMAGE),
});

/** A script in a framework's container. */
export function script(options: ScriptOptions): AlgorithmDefinition {
  requireShape('Algorithm.script', OPTIONS, options);
  const { framework, source, entryPoint, metrics, image } = options;
  requireEntryPoint(options);
  if (!image) requireKnownVersion(framework);
  const own = framework.frameworkName === 'xgboost' && !image ? firstPartyXGBoost(options) : undefined;
  const title = `the script ${entryPoint}`;
  return {
    title,
    rules: own && asScriptRules(own),
    metricDefinitions: own ? undefined : (metrics ?? []),
    channelNames: USUAL_CHANNELS,
    defaultHyperparameters: () => ({}),
    serving: {
      containerProblem: SCRIPT_PROBLEM,
      imageProblem:
        image || SERVES_MODELS.includes(framework.frameworkName) ? undefined : OTHER_IMAGE_PROBLEM,
    },
    check: (use) => [
      ...checkMetrics(options, own !== undefined),
      ...checkInstallation(options, use),
      ...checkInstances(options, use),
      ...checkDistribution(options, use),
    ],
    bind(scope, use) {
      const { location, fileName } = source._bind(scope);
      return {
        image: image?._bind(scope) ?? own?.bind(scope, use).image ?? imageOfFramework(scope, options, use),
        containerHyperparameters: {
          sagemaker_program: entryPoint,
          // A channel works even without network access. A download by the container would not.
          sagemaker_submit_directory: `${CODE_FOLDER}/${fileName}`,
          sagemaker_container_log_level: '20',
          ...options.distribution?._hyperparameters,
        },
        instanceTypeHyperparameter: options.distribution && 'sagemaker_instance_type',
        environment: environmentOf(options, use),
        channels: [{ name: 'code', location, isVersioned: source._files !== undefined }],
      };
    },
  };
}

/** Frameworks whose training image also serves models. The other frameworks have a separate image for inference. */
const SERVES_MODELS: readonly string[] = ['xgboost', 'scikit-learn'];

/** @see https://github.com/aws/sagemaker-inference-toolkit (SAGEMAKER_PROGRAM, SAGEMAKER_SUBMIT_DIRECTORY) */
const SCRIPT_PROBLEM =
  'the container must know the script that loads the model: store it below code/ in the model, and give the environment variables SAGEMAKER_PROGRAM (its name) and SAGEMAKER_SUBMIT_DIRECTORY (/opt/ml/model/code)';

const OTHER_IMAGE_PROBLEM = 'SageMaker serves the models of this framework with a different image';

/** Environment variables of the container. The user's variables override the library's variables. */
function environmentOf(options: ScriptOptions, use: AlgorithmUse): Record<string, string> | undefined {
  const variables = { ...installationEnvironment(options, use), ...options.environment };
  return Object.keys(variables).length > 0 ? variables : options.environment;
}

function requireEntryPoint({ source, entryPoint }: ScriptOptions): void {
  if (!source._files || Token.isUnresolved(entryPoint) || source._files.includes(entryPoint)) return;
  const programs = source._files.filter((file) => /\.(py|sh)$/.test(file));
  throw validationError(
    `Algorithm.script: the source has no entry point ${JSON.stringify(entryPoint)}; its programs are ${programs.join(', ') || 'none'}`,
  );
}

function requireKnownVersion({ frameworkName, version }: Framework): void {
  const known =
    frameworkName === 'xgboost'
      ? XGBOOST_IMAGES.map((image) => image.version)
      : knownVersions(frameworkName as FrameworkName);
  if (known.includes(version)) return;
  throw validationError(
    `Algorithm.script: version "${version}" of ${frameworkName} is not known: use one of ${known.join(', ')}, or give image`,
  );
}

function firstPartyXGBoost({ framework }: ScriptOptions): AlgorithmDefinition {
  return xgboost({ version: XGBoostVersion.of(framework.version) });
}

/**
 * Rules for a script in SageMaker's XGBoost image. SageMaker applies the built-in algorithm's list of tunable
 * hyperparameters and metrics (aws/sagemaker-xgboost-container#113, #121). The library does not know which values the
 * script itself accepts.
 */
function asScriptRules({ rules, title }: AlgorithmDefinition): AlgorithmRules | undefined {
  return (
    rules && {
      title: `a script in the image of ${title}`,
      hyperparameters: rules.hyperparameters.map(({ name, tunable, aliases }) => ({
        name,
        tunable,
        aliases,
        type: 'text',
      })),
      takesOthers: true,
      objectiveMetrics: rules.objectiveMetrics,
    }
  );
}

function checkMetrics({ metrics, framework }: ScriptOptions, isFirstParty: boolean): string[] {
  if (!isFirstParty || !metrics?.length) return [];
  return [
    `algorithm.metrics: SageMaker rejects custom metrics for its XGBoost image, even for scripts: leave metrics out and print the metrics of XGBoost (train-rmse and validation-rmse), or give algorithm.image, a copy of sagemaker-xgboost:${framework.version} in your own repository`,
  ];
}

function checkInstances({ framework, image }: ScriptOptions, use: AlgorithmUse): string[] {
  const known = use.instanceTypes.filter((type) => !Token.isUnresolved(type));
  const problems: string[] = [];
  const accelerators = known.filter((type) => /^ml\.(trn|inf)/.test(type));
  if (accelerators.length > 0 && !image) {
    problems.push(
      `resources.instanceType: no image of ${framework.frameworkName} is known for AWS Trainium and Inferentia: give algorithm.image, got ${accelerators.join(', ')}`,
    );
  }
  // The instance groups of one training job can mix CPU and GPU instances, because all groups use the GPU image.
  const kinds = new Set(
    use.instanceTypesOfJobs
      .filter((types) => !types.some((type) => Token.isUnresolved(type)))
      .map((types) => types.some(isGpuInstance)),
  );
  if (kinds.size > 1 && !image && hasImageForGpus(framework)) {
    problems.push(
      `resources.instanceType: the tuning and the final training share one image, but GPU and CPU instances need different images: use one kind of instance, got ${known.join(', ')}`,
    );
  }
  return problems;
}

function checkDistribution({ framework, image, distribution }: ScriptOptions, use: AlgorithmUse): string[] {
  if (!distribution) return [];
  const { _title: title, _frameworks: frameworks } = distribution;
  const problems: string[] = [];
  if (!image && !frameworks.includes(framework.frameworkName)) {
    problems.push(
      `algorithm.distribution: ${title} is for the containers of ${frameworks.join(', ')}, got ${framework.frameworkName}`,
    );
  }
  if (use.instanceTypesOfJobs.some((types) => types.length > 1)) {
    problems.push(
      `algorithm.distribution: ${title} requires instances of one type: leave it out with instance groups. The script then runs on each instance, and finds the other instances itself`,
    );
  }
  const withoutGpu = use.instanceTypes.filter((type) => !Token.isUnresolved(type) && !isGpuInstance(type));
  if (title === 'SMDDP' && withoutGpu.length > 0) {
    problems.push(`algorithm.distribution: SMDDP runs on GPUs only, got ${withoutGpu.join(', ')}`);
  }
  return problems;
}

/** Whether the framework has a separate GPU image. XGBoost has one image for CPUs and GPUs. */
function hasImageForGpus({ frameworkName, version }: Framework): boolean {
  if (frameworkName === 'xgboost') return false;
  return frameworkImage(frameworkName as FrameworkName, version)?.tags.gpu !== undefined;
}

function imageOfFramework(
  scope: Construct,
  { framework }: ScriptOptions,
  { instanceTypes }: AlgorithmUse,
): TrainingImage {
  const name = framework.frameworkName as FrameworkName;
  const facts = frameworkImage(name, framework.version);
  if (!facts) throw validationError(`Algorithm.script: there is no image of ${name} ${framework.version}`);
  const kind = instanceTypes.some((type) => isGpuInstance(type)) ? 'gpu' : 'cpu';
  const tag = facts.tags[kind];
  if (!tag) {
    throw validationError(
      `Algorithm.script: ${facts.title} has no image for ${kind === 'gpu' ? 'GPUs' : 'CPUs'}, got ${instanceTypes.join(', ')}: use other instances, or give image`,
    );
  }
  return regionalImage(scope, {
    title: facts.title,
    repository: facts.repository,
    tag,
    ...facts.registry,
    remedy: 'image',
  });
}
