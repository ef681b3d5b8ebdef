import { Aws, CfnRule, Fn, Size, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DataLocation } from '../data-location';
import { METRIC } from '../private/aws-shapes';
import { LIMITS } from '../private/limits';
import { validationError } from '../private/problems';
import { flag, knownText, list, optional, requireShape, struct, text } from '../private/shape';
import type { TrainingMetricDefinition } from '../tasks/training-job-definition';
import type {
  AlgorithmChannel,
  AlgorithmDefinition,
  AlgorithmUse,
  BoundAlgorithm,
  TrainingImage,
} from './algorithm-definition';
import type { AlgorithmRules, HyperparameterRule } from './algorithm-rules';
import {
  type HubDocument,
  type HubHyperparameter,
  howToGet,
  readHubDocument,
} from './jumpstart/hub-document';
import { hyperparametersFor, setupFor } from './jumpstart/training-setup';
import type { JumpStartOptions } from './jumpstart-options';
import { type TabularAlgorithm, tabularModel } from './tabular/tabular-model';

// Sources for the training job of a JumpStart model: sagemaker 2.257.1 (PyPI),
// sagemaker/jumpstart/factory/estimator.py, artifacts/environment_variables.py and job.py; sagemaker-train
// 1.27.0, sagemaker/train/defaults.py.

const CODE_CHANNEL = 'code';
const MODEL_CHANNEL = 'model';
const MODEL_CONTENT_TYPE = 'application/x-sagemaker-model';
/** The entry point, unless the document names another. */
const ENTRY_POINT = 'transfer_learning.py';

const OPTIONS = struct<JumpStartOptions>({
  document: knownText,
  acceptEula: optional(flag),
  modelId: optional(knownText),
  metrics: optional(list(METRIC)),
  trainChannelName: optional(text),
  validationChannelName: optional(text),
});

/** A model of SageMaker JumpStart, as its hub document describes it. */
export function jumpStart(options: JumpStartOptions): AlgorithmDefinition {
  requireShape('Algorithm.jumpStart', OPTIONS, options);
  requireChannelName('trainChannelName', options.trainChannelName);
  requireChannelName('validationChannelName', options.validationChannelName);
  const document = readHubDocument(options.document, options.modelId);
  if (document.license && options.acceptEula !== true) {
    throw validationError(
      `${document.title} has a license that you must accept (${document.license}): read it, then set acceptEula to true`,
    );
  }
  const { title, instanceType } = document;
  const tabular = tabularModel(document.modelId);
  const metricDefinitions = mergeMetrics(tabular?.metrics ?? [], document.metrics, options.metrics ?? []);
  const defaults = hyperparametersFor(document, instanceType).filter(({ ofContainer }) => !ofContainer);
  const rules = rulesOf(title, defaults, tabular, metricDefinitions);
  const takes = (wanted: string) => rules?.hyperparameters.some(({ name }) => name === wanted) === true;
  return {
    title,
    channelNames: {
      train: options.trainChannelName ?? 'training',
      validation: options.validationChannelName ?? 'validation',
    },
    defaultInstanceType: instanceType,
    defaultVolumeSize:
      document.volumeSizeInGib === undefined ? undefined : Size.gibibytes(document.volumeSizeInGib),
    metricDefinitions,
    rules,
    defaultHyperparameters(objectiveMetric): Record<string, string> {
      const values = defaultsOf(defaults);
      const name = tabular?.algorithm.metricHyperparameter;
      // The algorithm evaluates and prints a single metric, which it also uses for early stopping.
      const evaluates = tabular?.metrics.some((metric) => metric.name === objectiveMetric);
      return name !== undefined && takes(name) && evaluates ? { ...values, [name]: objectiveMetric } : values;
    },
    serving: {
      containerProblem: SERVED_BY_ANOTHER_IMAGE,
      imageProblem: SERVED_BY_ANOTHER_IMAGE,
    },
    withoutValidation: { problem: tabular ? SETS_ROWS_ASIDE : UNKNOWN_WITHOUT_VALIDATION },
    check: (use) => [
      ...checkInstanceTypes(document, use),
      ...checkIsolation(document, use),
      ...(tabular ? checkTabular(title, tabular.algorithm, use) : []),
    ],
    bind: (scope, use) => bind(scope, use, document),
  };
}

const SERVED_BY_ANOTHER_IMAGE =
  'JumpStart serves its models with another image and script: give the image in the hub document (HostingEcrUri) and its environment';

/** @see https://docs.aws.amazon.com/sagemaker/latest/dg/InputOutput-LightGBM.html, and the pages of the other algorithms */
const SETS_ROWS_ASIDE =
  'without validation data, the algorithm sets 20% of the training data aside as validation data';

const UNKNOWN_WITHOUT_VALIDATION = 'AWS does not document how the algorithm trains without validation data';

function requireChannelName(prop: string, name: string | undefined): void {
  if (name === undefined || Token.isUnresolved(name) || LIMITS.channelNamePattern.test(name)) return;
  throw validationError(
    `Algorithm.jumpStart: ${prop} must be 1 to 64 letters, digits, dots, hyphens and underscores, got ${JSON.stringify(name)}`,
  );
}

function bind(scope: Construct, use: AlgorithmUse, document: HubDocument): BoundAlgorithm {
  const instanceType = use.instanceTypes.find((type) => !Token.isUnresolved(type)) ?? document.instanceType;
  const setup = setupFor(document, instanceType ?? '');
  const script = DataLocation.fromUri(document.scriptUri);
  const scriptFile = document.scriptUri.slice(document.scriptUri.lastIndexOf('/') + 1);
  const ofContainer = hyperparametersFor(document, instanceType).filter((each) => each.ofContainer);
  const channels: AlgorithmChannel[] = [{ name: CODE_CHANNEL, location: script, isVersioned: true }];
  if (setup.artifactUri) {
    channels.push({
      name: MODEL_CHANNEL,
      location: DataLocation.fromUri(setup.artifactUri),
      contentType: MODEL_CONTENT_TYPE,
      isVersioned: true,
    });
  }
  return {
    image: imageOf(scope, document, setup.imageUri),
    containerHyperparameters: {
      sagemaker_program: ENTRY_POINT,
      ...defaultsOf(ofContainer),
      // A channel works even without network access. With a URI, the container would have to download the script.
      sagemaker_submit_directory: `/opt/ml/input/data/${CODE_CHANNEL}/${scriptFile}`,
    },
    environment: Object.keys(setup.environment).length > 0 ? setup.environment : undefined,
    channels,
  };
}

/** The image. It must be in the region of the stack. */
function imageOf(scope: Construct, document: HubDocument, uri: string): TrainingImage {
  const [, account, region, repository] =
    /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.[a-z0-9.-]+\/([^:@]+)/.exec(uri) ?? [];
  if (!account || !region || !repository) {
    throw validationError(
      `document: the training image in ${document.path} must be in Amazon ECR, got ${JSON.stringify(uri)}`,
    );
  }
  const stack = Stack.of(scope);
  if (Token.isUnresolved(stack.region)) requireRegion(stack, document, region);
  else if (stack.region !== region) {
    throw validationError(
      `document: ${document.path} is for region ${region}, but the stack ${stack.stackName} is in ${stack.region}; ${howToGet(document.modelId ?? '<model id>', stack.region)}`,
    );
  }
  const repositoryArn = stack.formatArn({
    service: 'ecr',
    region,
    account,
    resource: 'repository',
    resourceName: repository,
  });
  return { uri, repositoryArn };
}

/** Makes CloudFormation reject an environment-agnostic stack in regions other than the hub document's. */
function requireRegion(stack: Stack, document: HubDocument, region: string): void {
  const id = `JumpStartRegion${region.replaceAll('-', '')}`;
  if (stack.node.tryFindChild(id)) return;
  new CfnRule(stack, id, {
    assertions: [
      {
        assert: Fn.conditionEquals(Aws.REGION, region),
        assertDescription: `The hub document of ${document.title} is for region ${region}: deploy the stack there, or get the document for the region of the stack.`,
      },
    ],
  });
}

function rulesOf(
  title: string,
  hyperparameters: readonly HubHyperparameter[],
  tabular: ReturnType<typeof tabularModel>,
  metricDefinitions: readonly TrainingMetricDefinition[],
): AlgorithmRules | undefined {
  const guide = tabular?.algorithm.hyperparameters ?? [];
  const rules =
    hyperparameters.length > 0
      ? hyperparameters.map((each) => ruleOf(each, guide))
      : guide.map((rule): HyperparameterRule => ({ ...rule, tunable: true }));
  if (rules.length === 0) return undefined;
  const known = tabular?.metrics ?? [];
  // The direction is known only for metrics in the guide. With any other metric, the library only checks that the
  // objective is one of the metrics.
  const allKnown = metricDefinitions.every(({ name }) => known.some((metric) => metric.name === name));
  return {
    title,
    hyperparameters: rules,
    objectiveMetrics: allKnown ? known.map(({ name, direction }) => ({ name, direction })) : [],
    checkTogether: tabular?.algorithm.checkTogether,
  };
}

const TYPES: Readonly<Record<string, HyperparameterRule['type']>> = { int: 'integer', float: 'continuous' };

/** A hyperparameter's rule from the hub document, or from the developer guide if the document has no bounds. */
function ruleOf(hyperparameter: HubHyperparameter, guide: readonly HyperparameterRule[]): HyperparameterRule {
  const { name, min, max, options: values, type = '' } = hyperparameter;
  // SageMaker can tune any hyperparameter unless the image belongs to a built-in algorithm.
  const tunable = true;
  if (values) return { name, type: 'categorical', values, tunable };
  const ofGuide = guide.find((rule) => rule.name === name);
  if (min === undefined && max === undefined && ofGuide) return { ...ofGuide, tunable };
  return { name, type: TYPES[type] ?? 'text', min, max, tunable };
}

function defaultsOf(hyperparameters: readonly HubHyperparameter[]): Record<string, string> {
  return Object.fromEntries(
    hyperparameters.flatMap(({ name, default: value }) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Metrics by name: later ones replace earlier ones. */
function mergeMetrics(
  ...lists: readonly (readonly TrainingMetricDefinition[])[]
): TrainingMetricDefinition[] {
  const byName = new Map<string, TrainingMetricDefinition>();
  for (const { name, regex } of lists.flat()) byName.set(name, { name, regex });
  return [...byName.values()];
}

/** All training jobs share one image, artifact and environment, so all instance types must need the same setup. */
function checkInstanceTypes(document: HubDocument, use: AlgorithmUse): string[] {
  const types = [...new Set(use.instanceTypes.filter((type) => !Token.isUnresolved(type)))];
  const needs = types.map((type) => ({ type, setup: JSON.stringify(setupFor(document, type)) }));
  const other = needs.find(({ setup }) => setup !== needs[0]?.setup);
  const problems = other
    ? [
        `resources.instanceType: ${document.title} needs a different image or model on ${other.type} than on ${types[0]}: use instances of one type for the tuning and the final training`,
      ]
    : [];
  return [...problems, ...types.flatMap((type) => checkOwnDefaults(document, use, type))];
}

/**
 * Reports hyperparameters whose default for this instance type differs from their default for the model's default
 * instance type. The library uses the latter.
 */
function checkOwnDefaults(document: HubDocument, use: AlgorithmUse, type: string): string[] {
  const taken = defaultsOf(hyperparametersFor(document, document.instanceType));
  return Object.entries(defaultsOf(hyperparametersFor(document, type)))
    .filter(([name, value]) => taken[name] !== value && !name.startsWith('sagemaker_'))
    .filter(([name]) => !(name in use.hyperparameters) && !use.tuned.includes(name))
    .map(
      ([name, value]) =>
        `hyperparameters.${name}: has a different default on ${type}, ${JSON.stringify(value)}: set it or tune it`,
    );
}

function checkIsolation({ title, networkIsolation }: HubDocument, use: AlgorithmUse): string[] {
  if (networkIsolation !== false || !use.networkIsolation) return [];
  return [
    `networkIsolation: must be false for ${title}, whose hub document has TrainingEnableNetworkIsolation false: its script may need the network`,
  ];
}

function checkTabular(title: string, { singleInstance }: TabularAlgorithm, use: AlgorithmUse): string[] {
  const problems: string[] = [];
  for (const [prop, data] of Object.entries({ train: use.train, validation: use.validation })) {
    const type = data?.contentType;
    if (type === undefined || Token.isUnresolved(type) || type === 'text/csv') continue;
    problems.push(`${prop}: must be CSV with the label in the first column for ${title}, got ${type}`);
  }
  const many = use.instanceCounts.find((count) => !Token.isUnresolved(count) && count > 1);
  if (singleInstance && many !== undefined) {
    problems.push(
      `resources.instanceCount: must be 1 for ${title}, which supports only one instance, got ${many}`,
    );
  }
  return problems;
}
