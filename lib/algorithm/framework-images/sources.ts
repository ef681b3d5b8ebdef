import type { FactSource } from '../image-facts';

/** The table in the SageMaker Python SDK that lists a framework's images. */
export function sdkTable(name: string): FactSource {
  return {
    of: 'accounts by region, versions, Python',
    repository: 'aws/sagemaker-python-sdk',
    path: `sagemaker-core/src/sagemaker/core/image_uri_config/${name}.json`,
    at: 'sagemaker-core 2.27.0',
  };
}

/** The documentation of the AWS Deep Learning Containers. */
export function containerDocs(file: string, at: string): FactSource {
  return {
    of: 'tags',
    repository: 'aws/deep-learning-containers',
    path: `docs/src/data/${file}.yml`,
    at,
  };
}
