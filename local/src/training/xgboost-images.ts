/**
 * XGBoost releases by image version of the algorithm. Newer images are named after the release (`3.2-0` has
 * 3.2.0). Older ones have their own revision numbers.
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

/** The release for an image without a usable tag: SageMaker's newest. */
export const DEFAULT_XGBOOST_VERSION = '3.2.0';

/** Whether the image is SageMaker's XGBoost, or a copy with the same repository name. */
export function isXGBoostImage(trainingImage: string): boolean {
  return /(^|\/)sagemaker-xgboost([:@]|$)/.test(trainingImage);
}

/** The XGBoost release in an image of the algorithm, by its tag (`3.2-0`, `1.7-1-cpu-py3`). */
export function xgboostVersionOf(trainingImage: string): string {
  const tag = /:([^:/@]+)(@|$)/.exec(trainingImage)?.[1] ?? '';
  const [, version, release, patch] = /^((\d+\.\d+)-(\d+))(-|$)/.exec(tag) ?? [];
  return version === undefined ? DEFAULT_XGBOOST_VERSION : (RELEASES[version] ?? `${release}.${patch}`);
}
