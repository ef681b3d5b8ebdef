import { statSync } from 'node:fs';
import { Aws, Fn, Token } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, type DockerImageAssetOptions } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { REPOSITORY } from '../private/aws-shapes';
import { validationError } from '../private/problems';
import { instance, knownText, requireShape, struct, text } from '../private/shape';
import type { TrainingImage } from './algorithm-definition';

/** Account, region and repository of an image in Amazon ECR; account and region can be tokens. */
const ECR_IMAGE =
  /^(\d{12}|\$\{Token\[[^\]]+\]\})\.dkr\.ecr\.([a-z0-9-]+|\$\{Token\[[^\]]+\]\})\.[^/]+\/([^:@]+)([:@].+)?$/;

/**
 * A training image. SageMaker pulls training images only from Amazon ECR.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
 */
export class ContainerImage {
  /**
   * An image in an Amazon ECR repository.
   *
   * @param repository the repository
   * @param tagOrDigest a tag, or a digest that begins with `sha256:`
   */
  static fromEcrRepository(repository: ecr.IRepository, tagOrDigest = 'latest'): ContainerImage {
    requireShape('ContainerImage.fromEcrRepository', struct({ repository: REPOSITORY, tagOrDigest: text }), {
      repository,
      tagOrDigest,
    });
    return new ContainerImage(repository.repositoryName, () => ({
      uri: repository.repositoryUriForTagOrDigest(tagOrDigest),
      repositoryArn: repository.repositoryArn,
    }));
  }

  /**
   * An image in an Amazon ECR registry of any account, by its URI.
   *
   * @param uri `<account>.dkr.ecr.<region>.<suffix>/<repository>:<tag>`, or with `@sha256:…` in place of the tag
   * @throws Error named `TuningValidationError` if the URI is known at synth and is not an Amazon ECR URI
   */
  static fromRegistry(uri: string): ContainerImage {
    requireShape('ContainerImage.fromRegistry', struct({ uri: text }), { uri });
    const [, account, region, repository] = ECR_IMAGE.exec(uri) ?? [];
    if (repository === undefined && !Token.isUnresolved(uri)) {
      throw validationError(
        `ContainerImage.fromRegistry: must be an image in Amazon ECR, <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>, got ${JSON.stringify(uri)}: SageMaker pulls training images only from Amazon ECR`,
      );
    }
    const isKnown = repository !== undefined && !Token.isUnresolved(repository);
    const repositoryArn = isKnown ? arnOf(account, region, repository) : arnAtDeployment(uri);
    return new ContainerImage(isKnown ? repository : 'the image', () => ({ uri, repositoryArn }));
  }

  /**
   * An image that is built from a folder with a Dockerfile when the app is deployed.
   *
   * @param directory path of the folder
   * @param options build arguments, the platform and other settings of the build
   * @throws Error named `TuningValidationError` if the folder does not exist
   */
  static fromAsset(directory: string, options: DockerImageAssetOptions = {}): ContainerImage {
    requireFolderOfImage(directory, options);
    return new ContainerImage(directory, (scope) => {
      // The tuning job and the final training share one asset.
      const asset = new DockerImageAsset(scope, 'Image', { directory, ...options });
      return { uri: asset.imageUri, repositoryArn: asset.repository.repositoryArn };
    });
  }

  private constructor(
    /** @internal */
    readonly _title: string,
    /** @internal */
    readonly _bind: (scope: Construct) => TrainingImage,
  ) {}
}

function requireFolderOfImage(directory: string, options: DockerImageAssetOptions): void {
  requireShape('ContainerImage.fromAsset', struct({ directory: knownText, options: instance('an object') }), {
    directory,
    options,
  });
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return;
  throw validationError(`ContainerImage.fromAsset: ${JSON.stringify(directory)} is not a folder`);
}

function arnOf(account: string | undefined, region: string | undefined, repository: string): string {
  return `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`;
}

/**
 * ARN for a URI that is known only at deploy time. It ends with a wildcard, because only the part of the repository's
 * name before the first slash can be extracted: for `team/model`, it matches all names that begin with `team`.
 */
function arnAtDeployment(uri: string): string {
  const host = Fn.split('.', uri);
  const [account, region] = [Fn.select(0, host), Fn.select(3, host)];
  const name = Fn.select(1, Fn.split('/', uri));
  const withoutTag = Fn.select(0, Fn.split('@', Fn.select(0, Fn.split(':', name))));
  return arnOf(account, region, `${withoutTag}*`);
}
