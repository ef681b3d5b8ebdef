// Schema of the document: sagemaker-core 2.27.0 (PyPI), sagemaker/core/jumpstart/models.py, class
// HubContentDocument; sagemaker 2.257.1, sagemaker/jumpstart/hub/interfaces.py, class HubModelDocument.
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { validationError } from '../../private/problems';

/** The parts of a JumpStart hub document that training needs. */
export interface HubDocument {
  /** Name of the model in messages. */
  readonly title: string;
  /** Path of the document's file, as the user gave it. */
  readonly path: string;
  readonly modelId?: string;
  readonly imageUri?: string;
  /** Archive of the training script. */
  readonly scriptUri: string;
  /** Pretrained model to start the training from. */
  readonly artifactUri?: string;
  /** Location of a gated model, which is available only to those who accept its license. */
  readonly gatedModelUri?: string;
  readonly isInGatedBucket: boolean;
  /** Name and URL of the license; undefined if no license must be accepted. */
  readonly license?: string;
  readonly hyperparameters: readonly HubHyperparameter[];
  readonly metrics: readonly { readonly name: string; readonly regex: string }[];
  readonly instanceType?: string;
  readonly volumeSizeInGib?: number;
  /** Whether the containers have no network access; undefined if the document does not say. */
  readonly networkIsolation?: boolean;
  /** Settings that only some instances use, by instance type (`ml.g5.2xlarge`) or family (`g5`). */
  readonly variants: Readonly<Record<string, HubVariant>>;
}

/** A hyperparameter in a hub document. */
export interface HubHyperparameter {
  readonly name: string;
  readonly type?: string;
  readonly default?: string;
  readonly min?: number;
  readonly max?: number;
  readonly options?: readonly string[];
  /** Whether the hyperparameter is for the container instead of the algorithm. */
  readonly ofContainer: boolean;
}

/** The part of a hub document about one instance type or family. */
export interface HubVariant {
  readonly imageUri?: string;
  readonly artifactUri?: string;
  readonly gatedModelUri?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly hyperparameters: readonly HubHyperparameter[];
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads a hub document from a file.
 *
 * @throws Error named `TuningValidationError` if the file cannot be read, is not a hub document, or describes a model that
 * cannot be trained
 */
export function readHubDocument(path: string, givenModelId?: string): HubDocument {
  const { document, name, version } = unwrap(path, parse(path));
  const read = new Reader(document);
  const artifactUri = s3Uri(path, read, 'TrainingArtifactUri');
  const modelId = givenModelId ?? name ?? /\/train-([a-z0-9-]+)\.tar\.gz$/.exec(artifactUri ?? '')?.[1];
  const title = modelId
    ? `JumpStart model ${[modelId, version].filter(Boolean).join(' ')}`
    : `the JumpStart model in ${basename(path)}`;
  if (read.flag('TrainingSupported') !== true) {
    throw validationError(
      `${title} cannot be trained: TrainingSupported is ${JSON.stringify(read.member('TrainingSupported'))} in ${path}`,
    );
  }
  const scriptUri = s3Uri(path, read, 'TrainingPrepackedScriptUri') ?? s3Uri(path, read, 'TrainingScriptUri');
  if (!scriptUri) throw missing(path, 'TrainingScriptUri', 'the location of the training script');
  const variants = readVariants(path, read);
  const imageUri = read.text('TrainingEcrUri');
  if (!imageUri && !Object.values(variants).some((variant) => variant.imageUri)) {
    throw missing(path, 'TrainingEcrUri', 'the training image');
  }
  const gatedModelUri = s3Uri(path, read, 'TrainingModelPackageArtifactUri');
  const isInGatedBucket = read.flag('GatedBucket') === true;
  return {
    title,
    path,
    modelId,
    imageUri,
    scriptUri,
    artifactUri,
    gatedModelUri,
    isInGatedBucket,
    license: licenseOf(
      read,
      isInGatedBucket ||
        gatedModelUri !== undefined ||
        Object.values(variants).some((variant) => variant.gatedModelUri),
    ),
    hyperparameters: read.list('Hyperparameters').map((entry) => readHyperparameter(path, entry)),
    metrics: read.list('TrainingMetrics').map((metric) => ({
      name: metric.text('Name') ?? '',
      regex: metric.text('Regex') ?? '',
    })),
    instanceType: read.text('DefaultTrainingInstanceType'),
    volumeSizeInGib: read.number('TrainingVolumeSize'),
    networkIsolation: read.flag('TrainingEnableNetworkIsolation'),
    variants,
  };
}

function parse(path: string): Members {
  let content: string;
  try {
    content = readFileSync(resolve(path), 'utf8');
  } catch (cause) {
    throw validationError(
      `document: ${JSON.stringify(path)} cannot be read (${(cause as NodeJS.ErrnoException).code}): ${howToGet('<model id>')}`,
    );
  }
  return parseJson(content, `document: ${path}`);
}

/** Extracts the document from a DescribeHubContent response, where it is a string. */
function unwrap(path: string, file: Members): { document: Members; name?: string; version?: string } {
  const document = file['HubContentDocument'];
  if (document === undefined) {
    if ('TrainingSupported' in file) return { document: file };
    throw validationError(
      `document: ${path} is not a hub document: it has neither TrainingSupported nor HubContentDocument; ${howToGet('<model id>')}`,
    );
  }
  const read = new Reader(file);
  const type = read.text('HubContentType');
  if (type !== undefined && type !== 'Model') {
    throw validationError(
      `document: ${path} must be the hub document of a Model, got HubContentType ${JSON.stringify(type)}`,
    );
  }
  return {
    document:
      typeof document === 'string'
        ? parseJson(document, `document: HubContentDocument in ${path}`)
        : asMembers(document, `document: HubContentDocument in ${path}`),
    name: read.text('HubContentName'),
    version: read.text('HubContentVersion'),
  };
}

function parseJson(content: string, what: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw validationError(`${what} is not valid JSON: ${(cause as Error).message}`);
  }
  return asMembers(value, what);
}

function asMembers(value: unknown, what: string): Members {
  if (isMembers(value)) return value;
  throw validationError(`${what} must be a JSON object, got ${JSON.stringify(value)?.slice(0, 60)}`);
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Part of a message: the command that gets a hub document. */
export function howToGet(modelId: string, region?: string): string {
  const options = [
    '--hub-name SageMakerPublicHub --hub-content-type Model',
    `--hub-content-name ${modelId}`,
    ...(region ? [`--region ${region}`] : []),
  ];
  return `get it with: aws sagemaker describe-hub-content ${options.join(' ')} > model.json`;
}

function missing(path: string, member: string, what: string): Error {
  return validationError(`document: ${path} lacks ${member}, ${what}`);
}

/**
 * Reads the members of an object. Names can have the form `ImageUri` or `image_uri`, because the variants use both
 * forms.
 */
class Reader {
  constructor(private readonly members: Members) {}

  member(name: string): unknown {
    if (name in this.members) return this.members[name];
    const plain = (text: string) => text.replaceAll('_', '').toLowerCase();
    return Object.entries(this.members).find(([key]) => plain(key) === plain(name))?.[1];
  }

  text(name: string): string | undefined {
    const value = this.member(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  /** A number, which can also be a string. */
  number(name: string): number | undefined {
    const value = this.member(name);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.member(name);
    return typeof value === 'boolean' ? value : undefined;
  }

  /** A string, number or boolean, as the string that hyperparameters need. */
  value(name: string): string | undefined {
    const value = this.member(name);
    return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
  }

  list(name: string): Reader[] {
    const value = this.member(name);
    return Array.isArray(value) ? value.filter(isMembers).map((entry) => new Reader(entry)) : [];
  }

  texts(name: string): string[] | undefined {
    const value = this.member(name);
    return Array.isArray(value) && value.length > 0 ? value.map(String) : undefined;
  }

  object(name: string): Members {
    const value = this.member(name);
    return isMembers(value) ? value : {};
  }
}

function s3Uri(path: string, read: Reader, member: string): string | undefined {
  const uri = read.text(member);
  if (uri === undefined || /^s3:\/\/[^/]+\/.+/.test(uri)) return uri;
  throw validationError(`document: ${member} in ${path} must be s3://bucket/key, got ${JSON.stringify(uri)}`);
}

function readHyperparameter(path: string, entry: Reader): HubHyperparameter {
  const name = entry.text('Name');
  if (!name) throw missing(path, 'Name in one of the Hyperparameters', 'its name');
  return {
    name,
    type: entry.text('Type'),
    default: entry.value('Default'),
    min: entry.number('Min'),
    max: entry.number('Max'),
    options: entry.texts('Options'),
    ofContainer: entry.text('Scope') === 'container' || name.startsWith('sagemaker_'),
  };
}

function readVariants(path: string, document: Reader): Record<string, HubVariant> {
  const read = new Reader(document.object('TrainingInstanceTypeVariants'));
  const aliases = read.object('Aliases');
  const imageUri = (text: string | undefined): string | undefined => {
    if (!text?.startsWith('$')) return text;
    const alias = aliases[text.slice(1)];
    if (typeof alias === 'string') return alias;
    throw validationError(
      `document: TrainingInstanceTypeVariants in ${path} uses ${text}, which is not among its Aliases`,
    );
  };
  return Object.fromEntries(
    Object.entries(read.object('Variants'))
      .filter((entry): entry is [string, Members] => isMembers(entry[1]))
      .map(([name, variant]) => {
        const properties = new Reader(new Reader(variant).object('Properties'));
        return [
          name,
          {
            imageUri: imageUri(properties.text('ImageUri')),
            artifactUri: s3Uri(path, properties, 'TrainingArtifactUri'),
            gatedModelUri: s3Uri(path, properties, 'GatedModelEnvVarUri'),
            environment: Object.fromEntries(
              Object.entries(properties.object('EnvironmentVariables')).map(([key, value]) => [
                key,
                String(value),
              ]),
            ),
            hyperparameters: properties
              .list('Hyperparameters')
              .map((entry) => readHyperparameter(path, entry)),
          },
        ];
      }),
  );
}

function licenseOf(read: Reader, isGated: boolean): string | undefined {
  const links = [read.text('HostingEulaExternalLink'), read.text('HostingEulaUri')].filter(Boolean);
  if (!isGated && links.length === 0) return undefined;
  const name = read.text('License');
  return [
    name && `license ${JSON.stringify(name)}`,
    links.length > 0 ? `at ${links.join(' and ')}` : `see ${read.text('Url') ?? 'the page of the model'}`,
  ]
    .filter(Boolean)
    .join(', ');
}
