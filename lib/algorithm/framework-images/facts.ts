import type { FactSource, ImageRegistry } from '../image-facts';

/** What is known about the image of one version of a framework. */
export interface FrameworkImageFacts {
  /** How messages call it, such as `PyTorch 2.10.0`. */
  readonly title: string;
  readonly repository: string;
  /** Tags by the instances that the image is for; a kind that is not there has no image. */
  readonly tags: { readonly cpu?: string; readonly gpu?: string };
  /** Python as tags write it; `py3` where no public source is more exact. */
  readonly python: string;
  readonly registry: ImageRegistry;
  readonly sources: readonly FactSource[];
}

/** Images of a framework by version, oldest first. */
export type FrameworkVersions = Readonly<Record<string, FrameworkImageFacts>>;
