import type { FactSource, ImageRegistry } from '../image-facts';

/** Facts about the image of one framework version. */
export interface FrameworkImageFacts {
  /** Name in messages, such as `PyTorch 2.10.0`. */
  readonly title: string;
  readonly repository: string;
  /** Tags by kind of instance (CPU or GPU). If a kind has no tag, there is no image for it. */
  readonly tags: { readonly cpu?: string; readonly gpu?: string };
  /** Python version, as in the image tags; `py3` if no public source is more specific. */
  readonly python: string;
  readonly registry: ImageRegistry;
  readonly sources: readonly FactSource[];
}

/** Images of a framework by version, oldest first. */
export type FrameworkVersions = Readonly<Record<string, FrameworkImageFacts>>;
