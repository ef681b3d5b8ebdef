import { Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { validationError } from '../private/problems';
import { regionalImage } from '../private/registry';
import {
  type AlgorithmDefinition,
  type AlgorithmUse,
  type TrainingImage,
  USUAL_CHANNELS,
} from './algorithm-definition';
import type { AlgorithmRules } from './algorithm-rules';
import {
  type Framework as FrameworkName,
  frameworkImage,
  isGpuInstance,
  knownVersions,
} from './framework-images';
import type { ScriptOptions } from './script-options';
import { xgboost } from './xgboost';
import { XGBoostVersion } from './xgboost-options';

/** Where SageMaker puts the channel with the code. */
const CODE_FOLDER = '/opt/ml/input/data/code';

/** A script in a framework's container. */
export function script(options: ScriptOptions): AlgorithmDefinition {
  const { framework, source, entryPoint, metrics, image } = options;
  requireEntryPoint(options);
  const own = framework.frameworkName === 'xgboost' && !image ? firstPartyXGBoost(options) : undefined;
  const title = `the script ${entryPoint}`;
  return {
    title,
    rules: own && asScriptRules(own),
    metricDefinitions: own ? undefined : (metrics ?? []),
    channelNames: USUAL_CHANNELS,
    defaultHyperparameters: () => ({}),
    check: (use) => [
      ...checkMetrics(options, own !== undefined),
      ...checkNetwork(options, use),
      ...checkInstances(options, use),
      ...checkEnvironment(options),
    ],
    bind(scope, use) {
      const { location, fileName } = source._bind(scope);
      return {
        image: image?._bind(scope) ?? own?.bind(scope, use).image ?? imageOfFramework(scope, options, use),
        containerHyperparameters: {
          sagemaker_program: entryPoint,
          // A channel works without a network too, which a download by the container does not.
          sagemaker_submit_directory: `${CODE_FOLDER}/${fileName}`,
          sagemaker_container_log_level: '20',
          ...options.distribution?._hyperparameters,
          ...(options.distribution && { sagemaker_instance_type: use.instanceTypes[0] ?? '' }),
        },
        environment: options.environment,
        channels: [{ name: 'code', location }],
      };
    },
  };
}

function requireEntryPoint({ source, entryPoint }: ScriptOptions): void {
  if (!source._files || Token.isUnresolved(entryPoint) || source._files.includes(entryPoint)) return;
  const programs = source._files.filter((file) => /\.(py|sh)$/.test(file));
  throw validationError(
    `Algorithm.script: there is no entry point ${JSON.stringify(entryPoint)} in the source, which has ${programs.join(', ') || 'no program'}`,
  );
}

function firstPartyXGBoost({ framework }: ScriptOptions): AlgorithmDefinition {
  return xgboost({ version: XGBoostVersion.of(framework.version) });
}

/**
 * SageMaker holds a script in its own XGBoost image to the algorithm's declaration: tunable hyperparameters and metrics
 * (aws/sagemaker-xgboost-container#113, #121). What the script itself takes is not known.
 */
function asScriptRules({ rules, title }: AlgorithmDefinition): AlgorithmRules | undefined {
  return (
    rules && {
      title: `a script in the image of ${title}`,
      hyperparameters: rules.hyperparameters.map(({ name, tunable }) => ({ name, tunable, type: 'text' })),
      takesOthers: true,
      objectiveMetrics: rules.objectiveMetrics,
      checkTogether: () => [],
    }
  );
}

function checkMetrics({ metrics, framework }: ScriptOptions, isFirstParty: boolean): string[] {
  if (!isFirstParty || !metrics?.length) return [];
  return [
    `algorithm.metrics: SageMaker refuses metrics of your own for its XGBoost image, in scripts too: print those of XGBoost (as train-rmse and validation-rmse) and leave metrics out, or give algorithm.image, a copy of sagemaker-xgboost:${framework.version} in your own repository`,
  ];
}

/** What pip installs comes over the network. */
function checkNetwork({ source }: ScriptOptions, { networkIsolation }: AlgorithmUse): string[] {
  if (!networkIsolation || !source._files?.includes('requirements.txt')) return [];
  return [
    'networkIsolation: the script has a requirements.txt, which the container cannot install without a network: set it to false, or use an image that has the packages',
  ];
}

function checkInstances({ framework, image, distribution }: ScriptOptions, use: AlgorithmUse): string[] {
  const known = use.instanceTypes.filter((type) => !Token.isUnresolved(type));
  const problems: string[] = [];
  const accelerators = known.filter((type) => /^ml\.(trn|inf)/.test(type));
  if (accelerators.length > 0 && !image) {
    problems.push(
      `resources.instanceType: no image of ${framework.frameworkName} is known for AWS Trainium and Inferentia: give algorithm.image, got ${accelerators.join(', ')}`,
    );
  }
  const kinds = new Set(known.map(isGpuInstance));
  if (kinds.size > 1 && !image && tagsOf(framework)?.gpu) {
    problems.push(
      `resources.instanceType: the image for GPUs is another than that for CPUs, and both trainings have one: use one kind, got ${known.join(', ')}`,
    );
  }
  if (distribution?._title === 'SMDDP' && !kinds.has(true)) {
    problems.push(`algorithm.distribution: SMDDP runs on GPUs only, got ${known.join(', ')}`);
  }
  return problems;
}

function checkEnvironment({ environment = {} }: ScriptOptions): string[] {
  return Object.keys(environment)
    .filter((name) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    .map((name) => `algorithm.environment.${name}: must be letters, digits and underscores, no digit first`);
}

function tagsOf({ frameworkName, version }: ScriptOptions['framework']) {
  return frameworkImage(frameworkName as FrameworkName, version)?.tags;
}

function imageOfFramework(
  scope: Construct,
  { framework }: ScriptOptions,
  { instanceTypes }: AlgorithmUse,
): TrainingImage {
  const name = framework.frameworkName as FrameworkName;
  const facts = frameworkImage(name, framework.version);
  if (!facts) {
    throw validationError(
      `Algorithm.script: version "${framework.version}" of ${name} is not known: use one of ${knownVersions(name).join(', ')}, or give image`,
    );
  }
  const kind = instanceTypes.some((type) => isGpuInstance(type)) ? 'gpu' : 'cpu';
  const tag = facts.tags[kind];
  if (!tag) {
    throw validationError(
      `Algorithm.script: ${facts.title} has no image for ${kind === 'gpu' ? 'GPUs' : 'CPUs'}, got ${instanceTypes.join(', ')}: use other instances, or give image`,
    );
  }
  return regionalImage(scope, { title: facts.title, repository: facts.repository, tag, ...facts.registry });
}
