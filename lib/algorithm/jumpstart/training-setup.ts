import { validationError } from '../../private/problems';
import type { HubDocument, HubHyperparameter, HubVariant } from './hub-document';

/** The training setup of a model for one instance type. */
export interface TrainingSetup {
  readonly imageUri: string;
  readonly artifactUri?: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The training setup of a model for an instance type. The hub document has a general part, and parts for instance
 * families and instance types. The part for the instance type takes precedence, then the part for its family.
 *
 * @throws Error named `TuningValidationError` if the document lacks a part of the setup
 */
export function setupFor(document: HubDocument, instanceType: string): TrainingSetup {
  const [exact, family] = variantsFor(document, instanceType);
  const imageUri = exact?.imageUri ?? family?.imageUri ?? document.imageUri;
  if (!imageUri) {
    throw validationError(
      `${document.title} has no training image for instance type ${instanceType}; ${document.path} has one for ${namesOf(document, 'imageUri')}`,
    );
  }
  const gatedModelUri = gatedModelFor(document, instanceType);
  return {
    imageUri,
    // A gated model has no channel: its location is passed to the container in an environment variable.
    artifactUri: gatedModelUri
      ? undefined
      : (exact?.artifactUri ?? family?.artifactUri ?? document.artifactUri),
    environment: {
      ...family?.environment,
      ...exact?.environment,
      ...(gatedModelUri && { SageMakerGatedModelS3Uri: gatedModelUri }),
      // The user has accepted the license, or this code would not run.
      ...(document.license && { accept_eula: 'true' }),
    },
  };
}

/** Hyperparameters for an instance type, with the defaults and bounds of that type. */
export function hyperparametersFor(document: HubDocument, instanceType?: string): HubHyperparameter[] {
  const [exact, family] = instanceType ? variantsFor(document, instanceType) : [];
  const byName = new Map<string, HubHyperparameter>();
  for (const list of [document.hyperparameters, family?.hyperparameters, exact?.hyperparameters]) {
    for (const hyperparameter of list ?? []) byName.set(hyperparameter.name, hyperparameter);
  }
  return [...byName.values()];
}

function variantsFor(
  { variants }: HubDocument,
  instanceType: string,
): [exact: HubVariant | undefined, family: HubVariant | undefined] {
  const family = /^ml\.([a-z0-9-]+)\./.exec(instanceType)?.[1];
  return [variants[instanceType], family === undefined ? undefined : variants[family]];
}

function gatedModelFor(document: HubDocument, instanceType: string): string | undefined {
  if (document.gatedModelUri) return document.gatedModelUri;
  const [exact, family] = variantsFor(document, instanceType);
  const own = exact?.gatedModelUri ?? family?.gatedModelUri;
  if (own) return own;
  const known = new Set(Object.values(document.variants).flatMap((variant) => variant.gatedModelUri ?? []));
  // If the document has only one model location, the SDK uses it also for instance types without a location.
  if (known.size === 1) return [...known][0];
  if (known.size > 1) {
    throw validationError(
      `${document.title} has no model for instance type ${instanceType}; ${document.path} has one for ${namesOf(document, 'gatedModelUri')}`,
    );
  }
  if (document.isInGatedBucket) {
    throw validationError(
      `${document.title} is in a gated bucket, and ${document.path} has no GatedModelEnvVarUri for it: such a model needs a channel with ModelAccessConfig, which this library does not support`,
    );
  }
  return undefined;
}

function namesOf({ variants }: HubDocument, member: 'imageUri' | 'gatedModelUri'): string {
  return Object.entries(variants)
    .filter(([, variant]) => variant[member])
    .map(([name]) => name)
    .join(', ');
}
