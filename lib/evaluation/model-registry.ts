import { knownText, oneOf, optional, requireShape, struct, text } from '../private/shape';

/** Who approves a version of a model package group. A version is always rejected if it fails the quality gate. */
export enum ModelApproval {
  /** The quality gate: a version that passes it is approved. */
  BY_GATE = 'BY_GATE',
  /** A person: a version that passes the quality gate waits for approval (`PendingManualApproval`). */
  MANUAL = 'MANUAL',
}

/** Options for the versions of a model package group. */
export interface ModelRegistrationOptions {
  /**
   * Who approves a version.
   *
   * @default - the quality gate if there is one, else a person
   */
  readonly approval?: ModelApproval;
}

/** Options for a new model package group. */
export interface ModelPackageGroupOptions extends ModelRegistrationOptions {
  /**
   * Name of the group: 1 to 63 lowercase letters, digits and inner hyphens. A template with a fixed name can be deployed only
   * once per account and Region. In a `TuningFleet`, this is the prefix of the names of the items' groups: at most 32 characters.
   *
   * @default - derived from the construct's path and the ID of the deployed stack
   */
  readonly name?: string;
  /**
   * Description of the group, at most 1,024 characters.
   *
   * @default - the path of the construct
   */
  readonly description?: string;
}

/**
 * The model package group of the SageMaker Model Registry in which each execution registers its final model as a version.
 *
 * @see https://docs.aws.amazon.com/sagemaker/latest/dg/model-registry.html
 */
export class ModelRegistry {
  /**
   * A new model package group. It is retained when the stack is deleted, because SageMaker does not delete a group that
   * has versions. In a `TuningFleet`, each item has its own group. The first execution that registers a model of the
   * item creates the group.
   *
   * @param options the group, and who approves its versions
   */
  static group(options: ModelPackageGroupOptions = {}): ModelRegistry {
    const shape = struct<ModelPackageGroupOptions>({
      approval: optional(oneOf(ModelApproval)),
      name: optional(knownText),
      description: optional(text),
    });
    requireShape('ModelRegistry.group', struct({ options: shape }), { options });
    return new ModelRegistry(
      { isNew: true, name: options.name, description: options.description },
      options.approval,
    );
  }

  /**
   * An existing model package group of the stack's account and Region. Cannot be used in a `TuningFleet`.
   *
   * @param name name of the group
   * @param options who approves the versions
   */
  static existingGroup(name: string, options: ModelRegistrationOptions = {}): ModelRegistry {
    const shape = struct<ModelRegistrationOptions>({ approval: optional(oneOf(ModelApproval)) });
    requireShape('ModelRegistry.existingGroup', struct({ name: text, options: shape }), { name, options });
    return new ModelRegistry({ isNew: false, name }, options.approval);
  }

  private constructor(
    /** @internal */
    readonly _group: { readonly isNew: boolean; readonly name?: string; readonly description?: string },
    /** Who approves a version; undefined for the default. */
    readonly approval: ModelApproval | undefined,
  ) {}
}
