import { requireShape, struct, text } from '../private/shape';

/** Versions of SageMaker's XGBoost image. */
export class XGBoostVersion {
  /** XGBoost 1.7.4. */
  static readonly V1_7_1 = XGBoostVersion.of('1.7-1');
  /** XGBoost 3.0.5. */
  static readonly V3_0_5 = XGBoostVersion.of('3.0-5');
  /** XGBoost 3.2.0, the newest version that this library knows. */
  static readonly V3_2_0 = XGBoostVersion.of('3.2-0');

  /**
   * Another version.
   *
   * @param version the version in SageMaker's notation, such as `1.5-1`
   */
  static of(version: string): XGBoostVersion {
    return new XGBoostVersion(version);
  }

  private constructor(
    /** The version in SageMaker's notation, such as `3.2-0`. */
    readonly version: string,
  ) {
    requireShape('XGBoostVersion.of', struct({ version: text }), { version });
  }
}

/** Options for SageMaker's built-in XGBoost algorithm. */
export interface XGBoostOptions {
  /** Version of the image. */
  readonly version: XGBoostVersion;
  /**
   * AWS account of the registry that has the image. Required for a region or a version that this library does not know.
   *
   * @default - looked up by region: at synth or, in an environment-agnostic stack, at deploy time
   */
  readonly registryAccount?: string;
}
