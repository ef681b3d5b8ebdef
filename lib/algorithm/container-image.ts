import { Aws, Token } from 'aws-cdk-lib';
import type * as ecr from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, type DockerImageAssetOptions } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import { validationError } from '../private/problems';
import type { TrainingImage } from './algorithm-definition';

/**
 * A container image to train with. SageMaker pulls training images from Amazon ECR only.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo.html
 */
export class ContainerImage {
  /**
   * An image in a repository of Amazon ECR.
   *
   * @param repository the repository
   * @param tagOrDigest a tag, or a digest that begins with `sha256:`
   */
  static fromEcrRepository(repository: ecr.IRepository, tagOrDigest = 'latest'): ContainerImage {
    return new ContainerImage(repository.repositoryName, () => ({
      uri: repository.repositoryUriForTagOrDigest(tagOrDigest),
      repositoryArn: repository.repositoryArn,
    }));
  }

  /**
   * An image by its URI in a registry of Amazon ECR, of any account.
   *
   * @param uri `<account>.dkr.ecr.<region>.<suffix>/<repository>:<tag>`, or with `@sha256:…`
   * @throws Error named `TuningValidationError` where the URI is known and not one of Amazon ECR
   */
  static fromRegistry(uri: string): ContainerImage {
    const [, account, region, repository] =
      /^(\d{12})\.dkr\.ecr\.([^.]+)\.[^/]+\/([^:@]+)([:@].+)?$/.exec(uri) ?? [];
    if (repository === undefined && !Token.isUnresolved(uri)) {
      throw validationError(
        `ContainerImage.fromRegistry: must be an image in Amazon ECR, <account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>, got ${JSON.stringify(uri)}: tuning jobs pull from no other registry`,
      );
    }
    // Of a URI that is known at deploy time only, the repository cannot be told.
    const arn = repository
      ? `arn:${Aws.PARTITION}:ecr:${region}:${account}:repository/${repository}`
      : `arn:${Aws.PARTITION}:ecr:${Aws.REGION}:*:repository/*`;
    return new ContainerImage(repository ?? 'the image', () => ({ uri, repositoryArn: arn }));
  }

  /**
   * An image that is built from a folder with a Dockerfile when the app is deployed.
   *
   * @param directory the folder
   */
  static fromAsset(directory: string, options: DockerImageAssetOptions = {}): ContainerImage {
    return new ContainerImage(directory, (scope) => {
      // The same one for the tuning job and the final training.
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
