import {
  ContainerImage,
  Endpoint,
  EndpointConfig,
  InstanceType,
  Model,
  ModelData,
} from '@aws-cdk/aws-sagemaker-alpha';
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** Properties of the stack. */
export interface EndpointStackProps extends StackProps {
  /** URI of the approved version's image. */
  readonly image: string;
  /** S3 URI of the approved version's model archive. */
  readonly model: string;
}

/** An endpoint that serves an approved model. */
export class EndpointStack extends Stack {
  constructor(scope: Construct, id: string, props: EndpointStackProps) {
    super(scope, id, props);
    const [, bucketName = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(props.model) ?? [];
    const [account = '', repository = '', tag = ''] = props.image.split(/\.dkr\.ecr\.[^/]+\/|:/);
    const model = new Model(this, 'Model', {
      containers: [
        {
          image: ContainerImage.fromDlc(repository, tag, account),
          modelData: ModelData.fromBucket(Bucket.fromBucketName(this, 'Models', bucketName), key),
        },
      ],
    });
    const config = new EndpointConfig(this, 'Config', {
      instanceProductionVariants: [{ model, variantName: 'approved', instanceType: InstanceType.M5_LARGE }],
    });
    const endpoint = new Endpoint(this, 'Endpoint', { endpointConfig: config });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
  }
}
