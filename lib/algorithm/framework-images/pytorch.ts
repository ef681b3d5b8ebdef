import type { ImageRegistry } from '../image-facts';
import {
  DEEP_LEARNING_REGISTRY,
  DEEP_LEARNING_REGISTRY_2026,
  DEEP_LEARNING_REGISTRY_PYTORCH_2_8,
} from './deep-learning-registry';
import type { FrameworkImageFacts, FrameworkVersions } from './facts';
import { containerDocs, sdkTable } from './sources';

/**
 * Versions of the PyTorch training image. Versions from 2.11 are left out: they are in another repository (`pytorch`), and
 * it is unknown whether its images run scripts the same way.
 */
export const PYTORCH: FrameworkVersions = {
  '2.7.1': pytorch('2.7.1', 'py312', 'cu128', DEEP_LEARNING_REGISTRY, {
    cpu: '09e27fe1b1616afcce1829f41de7fe108b171ce5',
    gpu: '067298616248d9a955f566b3ce2cfcf83fdf0768',
  }),
  '2.8.0': pytorch('2.8.0', 'py312', 'cu129', DEEP_LEARNING_REGISTRY_PYTORCH_2_8, {
    cpu: '067298616248d9a955f566b3ce2cfcf83fdf0768',
    gpu: '067298616248d9a955f566b3ce2cfcf83fdf0768',
  }),
  '2.9.0': pytorch('2.9.0', 'py312', 'cu130', DEEP_LEARNING_REGISTRY_2026, {
    cpu: '09e27fe1b1616afcce1829f41de7fe108b171ce5',
    gpu: '09e27fe1b1616afcce1829f41de7fe108b171ce5',
  }),
  '2.10.0': pytorch('2.10.0', 'py313', 'cu130', DEEP_LEARNING_REGISTRY_2026, {
    cpu: '3450b0967e90169be7008cda93fed6327edbc329',
    gpu: '5ccf42fa1dc219e0998ed5688fbad63e518eaa09',
  }),
};

function pytorch(
  version: string,
  python: string,
  cuda: string,
  registry: ImageRegistry,
  docs: { cpu: string; gpu: string },
): FrameworkImageFacts {
  const minor = version.replace(/\.\d+$/, '');
  return {
    title: `PyTorch ${version}`,
    repository: 'pytorch-training',
    tags: {
      cpu: `${version}-cpu-${python}-ubuntu22.04-sagemaker`,
      gpu: `${version}-gpu-${python}-${cuda}-ubuntu22.04-sagemaker`,
    },
    python,
    registry,
    sources: [
      sdkTable('pytorch'),
      containerDocs(`pytorch-training/${minor}-cpu-sagemaker`, docs.cpu),
      containerDocs(`pytorch-training/${minor}-gpu-sagemaker`, docs.gpu),
    ],
  };
}
