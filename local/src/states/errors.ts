/** A States Language error that a task throws or that ends an execution. */
export class StatesError extends Error {
  /**
   * @param error the name that `ErrorEquals` matches; undefined for a Fail state without `Error`
   * @param cause the message for users
   * @param catchable whether Retry and Catch can handle the error; false for `States.Runtime`
   */
  constructor(
    readonly error: string | undefined,
    override readonly cause?: string,
    readonly catchable: boolean = error !== 'States.Runtime',
  ) {
    super(cause ?? error ?? 'The execution failed');
    this.name = error ?? 'StatesError';
  }
}

/**
 * Thrown when a task misses its heartbeat. AWS reports States.Timeout, which `ErrorEquals` also matches as
 * States.HeartbeatTimeout.
 */
export class HeartbeatTimeout extends StatesError {
  constructor() {
    super('States.Timeout');
  }
}

/**
 * Thrown when a field of a state cannot be evaluated. The error is later converted to a {@link StatesError} whose
 * message begins with the state's name and the event ID, as on AWS.
 */
export class EvaluationError extends Error {
  constructor(
    readonly error: string,
    message: string,
    /** Location of the field, such as `Output/result`. Set only for JSONata errors. */
    readonly location?: string,
    /** Whether a service limit was reached. AWS words such errors differently, and they cannot be caught. */
    readonly isLimit = false,
  ) {
    super(message);
  }
}

/** A failed JSONata evaluation, or a JSONata field with an invalid value. */
export function queryError(message: string, location?: string): EvaluationError {
  return new EvaluationError('States.QueryEvaluationError', message, location);
}

/** A run-time error in the definition. It cannot be caught. */
export function runtimeError(message: string): EvaluationError {
  return new EvaluationError('States.Runtime', message);
}

/** The error for a result that exceeds the service's size limit. */
export function dataLimitError(producer: string, catchable: boolean): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${producer}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    catchable,
  );
}

/** A problem in a definition. */
export interface Problem {
  /** AWS's code for this kind of problem. */
  readonly code: ProblemCode;
  readonly message: string;
  /** Location of the problem, such as `/States/Train/Arguments`. */
  readonly location: string;
}

/** Problem codes of CreateStateMachine. */
export type ProblemCode =
  | 'SCHEMA_VALIDATION_FAILED'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION';

/** An invalid definition, with all its problems. */
export class InvalidDefinitionError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(
      [
        'Invalid State Machine Definition:',
        ...problems.map((p) => `${p.code}: ${p.message} at ${p.location}`),
      ].join('\n  '),
    );
    this.name = 'InvalidDefinition';
  }
}
