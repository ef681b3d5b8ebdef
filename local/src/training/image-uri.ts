/** The parts of an image's URI. */
export interface ImageName {
  /** Account of an ECR registry; undefined for any other registry. */
  readonly account?: string;
  /** Path of the repository, such as `sagemaker-xgboost`. */
  readonly repository: string;
  /** Empty if the URI has no tag. */
  readonly tag: string;
}

/** Parses an image URI: `<account>.dkr.ecr.<region>.amazonaws.com/<repository>:<tag>` or any other form. */
export function parseImage(uri: string): ImageName {
  const [name = ''] = uri.split('@');
  const parts = name.split('/');
  const registry = parts.length > 1 && /[.:]/.test(parts[0] ?? '') ? parts.shift() : undefined;
  const [repository = '', tag = ''] = parts.join('/').split(':');
  const account = /^(\d{12})\.dkr\.ecr(-fips)?\./.exec(registry ?? '')?.[1];
  return { ...(account !== undefined && { account }), repository, tag };
}
