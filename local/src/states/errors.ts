/** An error of the States Language: what a task throws, and what ends an execution. */
export class StatesError extends Error {
  /**
   * @param error the error's name, which `ErrorEquals` is compared with; a Fail state may have none
   * @param cause text for people
   * @param catchable whether Retry and Catch may handle it; `States.Runtime` never is
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

/** A task that beat too late. AWS calls it States.Timeout; States.HeartbeatTimeout is a name to catch it by. */
export class HeartbeatTimeout extends StatesError {
  constructor() {
    super('States.Timeout');
  }
}

/**
 * A failure to evaluate a field of a state. It becomes a {@link StatesError} where the state's name
 * and its place in the history are known, which AWS puts before the text.
 */
export class EvaluationError extends Error {
  constructor(
    readonly error: string,
    message: string,
    /** The field, as in `Output/result`; only JSONata failures have one. */
    readonly location?: string,
    /** Whether a limit of the service was reached, which AWS tells of in other words and nothing can catch. */
    readonly isLimit = false,
  ) {
    super(message);
  }
}

/** A failed JSONata evaluation or a JSONata field with a value that cannot be used. */
export function queryError(message: string, location?: string): EvaluationError {
  return new EvaluationError('States.QueryEvaluationError', message, location);
}

/** A failure of the definition at run time, which nothing can catch. */
export function runtimeError(message: string): EvaluationError {
  return new EvaluationError('States.Runtime', message);
}

/** A result that is larger than the service's limit. */
export function dataLimitError(producer: string, catchable: boolean): StatesError {
  return new StatesError(
    'States.DataLimitExceeded',
    `The state/task '${producer}' returned a result with a size exceeding the maximum number of bytes service limit.`,
    catchable,
  );
}

/** One thing that is wrong with a definition. */
export interface Problem {
  /** AWS's code for this kind of problem. */
  readonly code: ProblemCode;
  readonly message: string;
  /** Where: a path such as `/States/Train/Arguments`. */
  readonly location: string;
}

/** The codes that CreateStateMachine answers with. */
export type ProblemCode =
  | 'SCHEMA_VALIDATION_FAILED'
  | 'MISSING_TRANSITION_TARGET'
  | 'MISSING_END_STATE'
  | 'DUPLICATE_STATE_NAME'
  | 'INVALID_JSONATA_EXPRESSION'
  | 'UNSUPPORTED_JSONATA_EXPRESSION';

/** A definition that cannot be run, with everything that is wrong with it. */
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
