import { HUGGING_FACE_REGISTRY } from './deep-learning-registry';
import type { FrameworkImageFacts, FrameworkVersions } from './facts';
import { containerDocs, sdkTable } from './sources';

/**
 * Versions of Hugging Face's training image with PyTorch, by version of Transformers. Only for GPUs. 5.13 (on Amazon
 * Linux) is left out, because no public source lists its regions.
 */
export const HUGGING_FACE_PYTORCH: FrameworkVersions = {
  '4.49.0': huggingFace('4.49.0', '2.5.1', 'py311-cu124', '14474b8805340a8a30c3a939f90ed7771333af43'),
  '4.55.0': huggingFace('4.55.0', '2.7.1', 'py312-cu128'),
  '4.56.2': huggingFace('4.56.2', '2.8.0', 'py312-cu129'),
  '5.3.0': huggingFace('5.3.0', '2.9.0', 'py312-cu130', '3851dc0da5260500e29e335448272b78a579b7e9'),
};

function huggingFace(
  transformers: string,
  pytorch: string,
  pythonAndCuda: string,
  docs?: string,
): FrameworkImageFacts {
  const minor = pytorch.replace(/\.\d+$/, '');
  return {
    title: `Hugging Face Transformers ${transformers} with PyTorch ${pytorch}`,
    repository: 'huggingface-pytorch-training',
    tags: { gpu: `${pytorch}-transformers${transformers}-gpu-${pythonAndCuda}-ubuntu22.04` },
    python: pythonAndCuda.replace(/-.*/, ''),
    registry: HUGGING_FACE_REGISTRY,
    sources: [
      sdkTable('huggingface'),
      ...(docs ? [containerDocs(`huggingface-pytorch-training/${minor}-gpu-sagemaker`, docs)] : []),
    ],
  };
}
