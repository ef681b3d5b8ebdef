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

/** Thrown when a part of the template or its assembly cannot be deployed to this machine. */
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

/** Whether a value is an object, but not an array or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
