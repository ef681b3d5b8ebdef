/**
 * XGBoost releases by the version of SageMaker's image. Newer images are named after the release (`3.2-0` has 3.2.0).
 * Older images have their own revision numbers.
 */
const RELEASES: Readonly<Record<string, string>> = {
  '0.90-1': '0.90',
  '0.90-2': '0.90',
  '1.0-1': '1.0.0',
  '1.2-1': '1.2.0',
  '1.2-2': '1.2.0',
  '1.3-1': '1.3.3',
  '1.5-1': '1.5.2',
  '1.7-1': '1.7.4',
};

/** The XGBoost release that is assumed for an image without a usable tag: the newest in SageMaker's images. */
export const DEFAULT_XGBOOST_VERSION = '3.2.0';

/** Whether the image is SageMaker's XGBoost, or a copy with the same repository name. */
export function isXGBoostImage(trainingImage: string): boolean {
  return /(^|\/)sagemaker-xgboost([:@]|$)/.test(trainingImage);
}

/** Determines an image's XGBoost release from the image's tag, such as `3.2-0` or `1.7-1-cpu-py3`. */
export function xgboostVersionOf(trainingImage: string): string {
  const tag = /:([^:/@]+)(@|$)/.exec(trainingImage)?.[1] ?? '';
  const [, version, release, patch] = /^((\d+\.\d+)-(\d+))(-|$)/.exec(tag) ?? [];
  return version === undefined ? DEFAULT_XGBOOST_VERSION : (RELEASES[version] ?? `${release}.${patch}`);
}
