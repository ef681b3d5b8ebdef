import { UserError } from '../user-error';

/** A CloudFormation template as `cdk synth` writes it. */
export interface Template {
  readonly Transform?: unknown;
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>;
}

/** A parameter of a template. */
export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: unknown;
}

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** An output of a template. */
export interface TemplateOutput {
  readonly Value: unknown;
  readonly Condition?: string;
}

/** Something in the template or its assembly that cannot be deployed to this machine, and where it is. */
export class TemplateError extends UserError {
  override readonly name = 'TemplateError';

  constructor(
    /** Path in the template, such as `Resources/Bucket/Properties/BucketName`. */
    readonly path: string,
    problem: string,
  ) {
    super(`${path}: ${problem}`);
  }
}

/** Whether a value is an object with keys (not an array, not null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
