import type { FactSource, ImageRegistry } from '../image-facts';
import { DEEP_LEARNING_REGISTRY, DEEP_LEARNING_REGISTRY_2026 } from './deep-learning-registry';
import type { FrameworkImageFacts, FrameworkVersions } from './facts';
import { containerDocs, sdkTable } from './sources';

/** Versions of the TensorFlow training image. */
export const TENSORFLOW: FrameworkVersions = {
  // These tags come from the SageMaker Python SDK. The documentation of the containers does not list them.
  '2.16.2': tensorflow('2.16.2', 'py310', DEEP_LEARNING_REGISTRY, {
    cpu: '2.16.2-cpu-py310',
    gpu: '2.16.2-gpu-py310',
  }),
  '2.18.0': tensorflow('2.18.0', 'py310', DEEP_LEARNING_REGISTRY, {
    cpu: '2.18.0-cpu-py310',
    gpu: '2.18.0-gpu-py310',
  }),
  // The SageMaker Python SDK lists the following tags without their endings.
  '2.19.0': tensorflow(
    '2.19.0',
    'py312',
    DEEP_LEARNING_REGISTRY,
    {
      cpu: '2.19.0-cpu-py312-ubuntu22.04-sagemaker',
      gpu: '2.19.0-gpu-py312-cu125-ubuntu22.04-sagemaker',
    },
    [
      containerDocs('tensorflow-training/2.19-cpu-sagemaker', '666fce0fe55f7821eb051f70cfed0af2e1bd6376'),
      containerDocs('tensorflow-training/2.19-gpu-sagemaker', '4af746befd1803c96671e3c1abb2bae7f4122485'),
    ],
  ),
  '2.21.0': tensorflow(
    '2.21.0',
    'py312',
    DEEP_LEARNING_REGISTRY_2026,
    { cpu: '2.21.0-cpu-py312-amzn2023-sagemaker', gpu: '2.21.0-gpu-py312-cu129-amzn2023-sagemaker' },
    [
      containerDocs('tensorflow-training/2.21-cpu-sagemaker', 'b79c57d23bb1d94aa271b2c98b0812b9127027e9'),
      containerDocs('tensorflow-training/2.21-gpu-sagemaker', '559bbcd94e729c03dc6753eeaf9757f82cc33330'),
    ],
  ),
};

function tensorflow(
  version: string,
  python: string,
  registry: ImageRegistry,
  tags: { cpu: string; gpu: string },
  docs: readonly FactSource[] = [],
): FrameworkImageFacts {
  return {
    title: `TensorFlow ${version}`,
    repository: 'tensorflow-training',
    tags,
    python,
    registry,
    sources: [sdkTable('tensorflow'), ...docs],
  };
}
