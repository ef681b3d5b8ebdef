import type { FactSource } from '../image-facts';

/** Sources for the accounts, the repository and the tag of an algorithm's image. */
export function imageSources(name: string): FactSource[] {
  return [
    {
      of: 'images',
      repository: 'aws/sagemaker-python-sdk',
      path: `sagemaker-core/src/sagemaker/core/image_uri_config/${name}.json`,
      at: 'sagemaker-core 2.27.0 (the same in sagemaker 2.257.1)',
    },
    {
      of: 'images and instances',
      repository: 'awsdocs/amazon-sagemaker-developer-guide',
      path: 'doc_source/sagemaker-algo-docker-registry-paths.md',
      at: '108648518576254d52adc512db412a7c426eca84',
    },
  ];
}

/** A page of the developer guide, and the copy of the page that we used. */
export function guide(of: string, name: string, at: string): FactSource {
  return {
    of,
    page: `https://docs.aws.amazon.com/sagemaker/latest/dg/${name}.html`,
    repository: 'awsdocs/amazon-sagemaker-developer-guide',
    path: `doc_source/${name}.md`,
    at,
  };
}

/** The SageMaker Python SDK's class for an algorithm. */
export function sdk(file: string): FactSource {
  return {
    of: 'hyperparameters',
    repository: 'aws/sagemaker-python-sdk',
    path: `src/sagemaker/amazon/${file}.py`,
    at: 'sagemaker 2.257.1',
  };
}
