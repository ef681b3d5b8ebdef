import * as fs from 'node:fs';
import * as path from 'node:path';
import { UserError } from '../user-error';
import { joinInside } from './safe-path';
import { isRecord, type Template } from './template';

/** A stack of a synthesized cloud assembly, with the files it refers to. */
export interface StackAssembly {
  readonly stackName: string;
  /** Account and region at synthesis; missing in an environment-agnostic stack. */
  readonly account?: string;
  readonly region?: string;
  readonly template: Template;
  readonly fileAssets: readonly FileAsset[];
  readonly imageAssets: readonly ImageAsset[];
}

/** A file asset, which `cdk deploy` would upload to the staging bucket. */
export interface FileAsset {
  /** Absolute path of the file or folder in the assembly. */
  readonly source: string;
  /** `zip`: the source is a folder, zipped at deployment. `file`: the source is uploaded as it is. */
  readonly packaging: 'zip' | 'file';
  /** Upload locations. Bucket names contain placeholders such as `${AWS::AccountId}`. */
  readonly destinations: readonly { readonly bucketName: string; readonly objectKey: string }[];
}

/** A container image asset, which `cdk deploy` would build and push. */
export interface ImageAsset {
  /** Absolute path of the build context. */
  readonly directory: string;
  /** Arguments of `docker build`, except the build context and the tag. */
  readonly buildArguments: readonly string[];
  readonly destinations: readonly { readonly repositoryName: string; readonly imageTag: string }[];
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface FoundStack {
  readonly folder: string;
  readonly id: string;
  readonly artifact: Artifact;
}

/**
 * Reads a stack from a cloud assembly (`cdk.out`). The stack can be in a stage of the assembly.
 *
 * @param stackName the stack's name, ID or path; optional if there is only one stack
 * @throws UserError when the folder has no assembly, or when none or several of its stacks match
 */
export function readAssembly(folder: string, stackName?: string): StackAssembly {
  const stacks = findStacks(path.resolve(folder));
  const named =
    stackName === undefined ? stacks : stacks.filter((stack) => namesOf(stack).includes(stackName));
  const [stack] = named;
  if (stack === undefined || named.length > 1) {
    const names = stacks.map((each) => each.artifact.displayName ?? each.id).join(', ') || '(none)';
    const problem =
      stackName === undefined
        ? `has ${stacks.length} stacks; choose one`
        : `has no single stack "${stackName}"`;
    throw new UserError(`the cloud assembly in ${folder} ${problem}: ${names}`);
  }
  return readStack(stack);
}

function findStacks(folder: string): FoundStack[] {
  const manifestFile = path.join(folder, 'manifest.json');
  if (!fs.existsSync(manifestFile)) {
    throw new UserError(`${folder} is not a cloud assembly (no manifest.json): run "cdk synth" first`);
  }
  const artifacts = Object.entries(
    readJson<{ artifacts?: Record<string, Artifact> }>(manifestFile).artifacts ?? {},
  );
  return artifacts.flatMap(([id, artifact]) => {
    if (artifact.type === 'aws:cloudformation:stack') {
      return [{ folder, id, artifact }];
    }
    const nested = artifact.properties?.['directoryName'];
    return artifact.type === 'cdk:cloud-assembly' && typeof nested === 'string'
      ? findStacks(joinInside(folder, nested))
      : [];
  });
}

function namesOf(stack: FoundStack): unknown[] {
  return [stack.id, stack.artifact.displayName, stack.artifact.properties?.['stackName']];
}

function readStack({ folder, id, artifact }: FoundStack): StackAssembly {
  const properties = artifact.properties ?? {};
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(artifact.environment ?? '') ?? [];
  return {
    stackName: String(properties['stackName'] ?? id),
    ...(account !== undefined && account !== 'unknown-account' && { account }),
    ...(region !== undefined && region !== 'unknown-region' && { region }),
    template: readJson<Template>(joinInside(folder, String(properties['templateFile']))),
    fileAssets: readAssets(folder, 'files').flatMap((file) => readFileAsset(folder, file)),
    imageAssets: readAssets(folder, 'dockerImages').flatMap((image) => readImageAsset(folder, image)),
  };
}

/** Reads the assets of all manifests in the folder. The assets' keys are content hashes, so they cannot clash. */
function readAssets(folder: string, kind: 'files' | 'dockerImages'): unknown[] {
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.assets.json'))
    .flatMap((name) =>
      Object.values(readJson<Record<string, object | undefined>>(path.join(folder, name))[kind] ?? {}),
    );
}

function readImageAsset(folder: string, image: unknown): ImageAsset[] {
  const source = isRecord(image) && isRecord(image['source']) ? image['source'] : {};
  if (typeof source['directory'] !== 'string') return [];
  const { dockerFile, dockerBuildTarget, dockerBuildArgs, dockerBuildSecrets, networkMode, platform } =
    source;
  const pairs = (option: string, values: unknown, join: (name: string, value: string) => string) =>
    Object.entries(isRecord(values) ? values : {}).flatMap(([name, value]) => [
      option,
      join(name, String(value)),
    ]);
  const given = (option: string, value: unknown) => (value === undefined ? [] : [option, String(value)]);
  return [
    {
      directory: path.resolve(folder, source['directory']),
      buildArguments: [
        ...given('--file', dockerFile && path.resolve(folder, source['directory'], String(dockerFile))),
        ...given('--target', dockerBuildTarget),
        ...given('--platform', platform),
        ...given('--network', networkMode),
        ...pairs('--secret', dockerBuildSecrets, (name, value) => `id=${name},${value}`),
        ...pairs('--build-arg', dockerBuildArgs, (name, value) => `${name}=${value}`),
      ],
      destinations: destinationsOf(image).map((each) => ({
        repositoryName: String(each['repositoryName']),
        imageTag: String(each['imageTag']),
      })),
    },
  ];
}

function destinationsOf(asset: unknown): Record<string, unknown>[] {
  const destinations = isRecord(asset) ? asset['destinations'] : undefined;
  return isRecord(destinations) ? Object.values(destinations).filter(isRecord) : [];
}

function readFileAsset(folder: string, file: unknown): FileAsset[] {
  const source = isRecord(file) && isRecord(file['source']) ? file['source'] : {};
  // The source of an `executable` asset exists only after its command has run.
  if (typeof source['path'] !== 'string') {
    return [];
  }
  return [
    {
      // Does not use joinInside: an asset may lie outside the assembly (`--no-staging` gives absolute paths).
      source: path.resolve(folder, source['path']),
      packaging: source['packaging'] === 'zip' ? 'zip' : 'file',
      destinations: destinationsOf(file).map((each) => ({
        bucketName: String(each['bucketName']),
        objectKey: String(each['objectKey']),
      })),
    },
  ];
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new UserError(`cannot read ${file} (${(error as Error).message}): run "cdk synth" again`);
  }
}
