import type { FrameworkImageFacts, FrameworkVersions } from './facts';
import { HUGGING_FACE_PYTORCH } from './hugging-face-pytorch';
import { PYTORCH } from './pytorch';
import { SCIKIT_LEARN } from './scikit-learn';
import { TENSORFLOW } from './tensorflow';

export type { FrameworkImageFacts } from './facts';

/** Frameworks whose training images are known; XGBoost's are in `xgboost-images.ts`. */
export type Framework = 'scikit-learn' | 'pytorch' | 'tensorflow' | 'huggingface-pytorch';

const IMAGES: Readonly<Record<Framework, FrameworkVersions>> = {
  'scikit-learn': SCIKIT_LEARN,
  pytorch: PYTORCH,
  tensorflow: TENSORFLOW,
  'huggingface-pytorch': HUGGING_FACE_PYTORCH,
};

/** The image of a version, or undefined if the version is unknown. */
export function frameworkImage(framework: Framework, version: string): FrameworkImageFacts | undefined {
  return Object.hasOwn(IMAGES[framework], version) ? IMAGES[framework][version] : undefined;
}

/** Known versions of a framework, oldest first. */
export function knownVersions(framework: Framework): string[] {
  return Object.keys(IMAGES[framework]);
}

/**
 * Whether an instance type has GPUs: its family begins with `g` or `p`.
 *
 * Source: aws/sagemaker-python-sdk, sagemaker-core 2.27.0, `image_uris.py`, `_processor`. There, Inferentia and Trainium
 * (`inf…`, `trn…`) are neither CPU nor GPU. They need images that this library does not know.
 */
export function isGpuInstance(instanceType: string): boolean {
  return /^ml\.[gp]/.test(instanceType);
}
