import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StateMachineResource } from '../assembly';
import { thisProcess } from '../local-folder/local-modes';
import type { OnNotice } from '../local-folder/read-record';
import {
  type ExecutionOptions,
  type ExecutionResult,
  type Json,
  jsonText,
  type MapPlace,
  parseExact,
  type ReadItems,
  type RunTask,
  redrivePoint,
  type StateMachine,
  StatesError,
  startExecution,
  type WriteResults,
  withPlainNumbers,
} from '../states';
import { continueFrom, steadyNow } from '../steady-clock';
import { UserError } from '../user-error';
import {
  type ExecutedStateMachine,
  type ExecutionLog,
  type ExecutionRecord,
  ExecutionStore,
  executionArn,
  inputTextOf,
} from './executions';
import { StubCommands } from './stub-commands';
import { withStubs } from './stub-tasks';
import type { StubbedTaskName, Stubs } from './stub-types';

/** A running execution. */
export interface RunningExecution {
  readonly name: string;
  readonly arn: string;
  /** File with the execution's input, status and output. */
  readonly recordFile: string;
  /** Resolves to the record when the execution has ended, regardless of its status. */
  readonly ended: Promise<ExecutionRecord>;
}

/** Options for a new execution. */
export interface StartOptions {
  /** @default - a UUID */
  readonly name?: string;
  /** The input as JSON text. @default - serialized from the input */
  readonly inputText?: string;
  /** The version that the execution runs, and the alias with which it was started. */
  readonly startedAs?: Pick<ExecutionRecord, 'stateMachineVersionArn' | 'stateMachineAliasArn'>;
  /** The Map item (of another execution) that started this execution. @default - none */
  readonly place?: MapPlace;
  /** Aborting this signal stops the execution, as StopExecution does. */
  readonly signal?: AbortSignal;
}

/** The state machine, and the role with which it runs its Tasks. */
export interface StateMachineRole {
  readonly arn: string;
}

/** The services that executions call. */
export interface ExecutionServices {
  /** Creates the function that runs a state machine's Tasks with the permissions of its role. */
  readonly taskRunner: (role: StateMachineRole) => RunTask;
  /** Creates the function that reads the items of distributed Maps with the permissions of the state machine's role. */
  readonly itemReader: (role: StateMachineRole) => ReadItems;
  /** Creates the function that writes the results of distributed Maps. */
  readonly resultWriter: (role: StateMachineRole) => WriteResults;
  /**
   * Called when an execution has ended. Starts the targets of matching event rules, and waits for those that are
   * functions.
   */
  readonly onExecutionEnded: (record: ExecutionRecord) => Promise<void>;
}

/** Options of the execution runner. */
export interface ExecutionRunnerOptions {
  readonly root: string;
  /** Receives notices for the user. */
  readonly onNotice: OnNotice;
  /** ID of the deployment. Stored with each execution, so that a resume uses the same deployment. */
  readonly deploymentId?: string;
  /** Factor for the duration of Wait states and of waits between retries. @default 1 */
  readonly waitTimeScale?: number;
  /** Stubs for tasks. @default - none */
  readonly stubTasks?: Stubs;
  readonly services: () => ExecutionServices;
  /**
   * Parses a definition. @throws Error when local mode does not support it, or cannot train its algorithms
   */
  readonly parse: (stateMachine: ExecutedStateMachine) => StateMachine;
}

interface OwnExecution extends RunningExecution {
  /** Resolves when the end of the execution is recorded. Targets of event rules may still be running. */
  readonly recorded: Promise<ExecutionRecord>;
  readonly controller: AbortController;
}

/** The parameters of a new or resumed execution. */
interface Start {
  readonly record: ExecutionRecord;
  readonly log: ExecutionLog;
  readonly machine: StateMachine;
  readonly stateMachine: ExecutedStateMachine;
  readonly signal?: AbortSignal | undefined;
  readonly resume?: Pick<ExecutionOptions, 'resumeFrom' | 'isRedrive' | 'eventsBefore'>;
}

/** The abort reason of executions that stop only because local mode closes. */
const INTERRUPTION = new Error('local mode is closing');

type Result = Pick<ExecutionRecord, 'status' | 'error' | 'cause' | 'output'>;

/** Runs the executions of a deployment and stores their records. */
export class ExecutionRunner {
  readonly store: ExecutionStore;
  private readonly own = new Map<string, OwnExecution>();
  private readonly stubCommands: StubCommands;

  constructor(private readonly options: ExecutionRunnerOptions) {
    this.stubCommands = new StubCommands(join(options.root, 'work'));
    this.store = new ExecutionStore(options.root, options.onNotice);
  }

  /**
   * Starts an execution.
   *
   * @returns undefined when the state machine already has an execution with this name
   */
  start(
    stateMachine: StateMachineResource,
    input: Json,
    options: StartOptions = {},
  ): RunningExecution | undefined {
    const { arn, name: machineName, roleArn, definition, definitionText } = stateMachine;
    const machine = this.options.parse(stateMachine);
    const name = options.name ?? randomUUID();
    const record: ExecutionRecord = {
      name,
      ...thisProcess(),
      arn: executionArn(arn, name),
      stateMachineArn: arn,
      ...options.startedAs,
      ...(options.place && { place: options.place }),
      ...withText('input', input, options.inputText),
      startDate: new Date(steadyNow()).toISOString(),
      status: 'RUNNING',
      ...(this.options.deploymentId !== undefined && { deploymentId: this.options.deploymentId }),
    };
    const log = this.store.create(record, {
      name: machineName,
      arn,
      roleArn,
      definition,
      ...(definitionText !== undefined && { definitionText }),
    });
    if (!log) return undefined;
    return this.run({ record, log, machine, stateMachine, signal: options.signal });
  }

  /**
   * Redrives an execution that did not succeed, starting at its last position. In Map and Parallel states, only the
   * parts that did not succeed run again.
   *
   * @throws Error when local mode can no longer run the execution's definition
   */
  redrive(ended: ExecutionRecord, stateMachine: ExecutedStateMachine): RunningExecution {
    const machine = this.options.parse(stateMachine);
    const redriven = {
      redriveCount: (ended.redriveCount ?? 0) + 1,
      redriveDate: new Date(steadyNow()).toISOString(),
    };
    return this.goOn({ ...ended, ...redriven }, { machine, stateMachine, isRedrive: true });
  }

  /**
   * Prepares to resume an interrupted execution as if it had not been interrupted. If a Task was waiting for the
   * response to a service call, the Task repeats the call. The service recognizes the repeated call, so it does not
   * create a second job.
   *
   * @returns a function that resumes the execution
   * @throws UserError when local mode can no longer run the execution's definition, or its position is unknown
   */
  prepareResume(interrupted: ExecutionRecord): () => RunningExecution {
    const { arn, name } = interrupted;
    const stateMachine = this.store.stateMachine(arn);
    if (!stateMachine || !this.store.hasPosition(arn)) throw withoutPosition(name);
    const machine = this.options.parse(stateMachine);
    return () => {
      const lastEvent = this.store.history(arn).at(-1);
      if (lastEvent) continueFrom(Date.parse(lastEvent.timestamp));
      return this.goOn(interrupted, { machine, stateMachine, isRedrive: false });
    };
  }

  private goOn(
    ended: ExecutionRecord,
    { machine, stateMachine, isRedrive }: Pick<Start, 'machine' | 'stateMachine'> & { isRedrive: boolean },
  ): RunningExecution {
    const {
      stopDate: _stopDate,
      error: _error,
      cause: _cause,
      output: _output,
      outputText: _outputText,
      isInterrupted: _isInterrupted,
      ...kept
    } = ended;
    const record: ExecutionRecord = { ...kept, ...thisProcess(), status: 'RUNNING' };
    const log = this.store.reopen(record);
    const position = log.readPosition();
    if (!position) throw withoutPosition(record.name);
    const resumeFrom = isRedrive ? redrivePoint(position, ended.error) : position;
    const eventsBefore = this.store.history(record.arn).length;
    log.write(record);
    if (isRedrive) log.replacePosition(resumeFrom);
    return this.run({ record, log, machine, stateMachine, resume: { resumeFrom, isRedrive, eventsBefore } });
  }

  /** Finds an execution that this process is running. */
  running(arn: string): RunningExecution | undefined {
    return this.own.get(arn);
  }

  /** Stops an execution that this process is running. @returns the record of the stopped execution */
  async stop(arn: string, error?: string, cause?: string): Promise<ExecutionRecord | undefined> {
    const execution = this.own.get(arn);
    execution?.controller.abort(new StatesError(error, cause));
    return execution?.recorded;
  }

  /** Stops all executions of this process and waits for their end. The executions can be resumed. */
  async close(): Promise<void> {
    const executions = [...this.own.values()];
    for (const { controller } of executions) controller.abort(INTERRUPTION);
    await Promise.allSettled(executions.map(({ ended }) => ended));
    await this.stubCommands.ended();
  }

  private run(start: Start): RunningExecution {
    const { log, stateMachine, resume } = start;
    let { record } = start;
    const { arn, name } = record;
    const onStubbed = (task: StubbedTaskName) => {
      const { stubbedTasks = [] } = record;
      if (stubbedTasks.some((known) => isDeepStrictEqual(known, task))) return;
      record = { ...record, stubbedTasks: [...stubbedTasks, task] };
      log.write(record);
    };
    const services = this.options.services();
    const role = { arn: stateMachine.roleArn };
    const controller = new AbortController();
    const isInterrupted = () => controller.signal.reason === INTERRUPTION;
    const { mapProgress } = this.store;
    mapProgress.startExecution(arn);
    const execution = startExecution(start.machine, {
      input: parseExact(inputTextOf(record)),
      inputText: inputTextOf(record),
      context: {
        id: arn,
        name,
        roleArn: role.arn,
        startTime: new Date(record.startDate),
        redriveCount: record.redriveCount ?? 0,
        ...(record.redriveDate !== undefined && { redriveTime: new Date(record.redriveDate) }),
        stateMachine: { id: stateMachine.arn, name: stateMachine.name },
      },
      runTask: withStubs(
        services.taskRunner(role),
        this.options.stubTasks ?? {},
        this.stubCommands,
        onStubbed,
      ),
      readItems: services.itemReader(role),
      writeResults: services.resultWriter(role),
      keepString: (text) => log.keepString(text),
      // An interrupted execution's history gets no end event, because a resume continues it.
      onEvent: (event) => isInterrupted() || log.append(event),
      onPosition: (change) => isInterrupted() || log.reach(change),
      ...(record.place && { place: record.place }),
      onItem: (state) => isInterrupted() || this.store.keepItem(state),
      onFailureWait: (wait) => mapProgress.startWait(wait),
      signal: start.signal ? AbortSignal.any([start.signal, controller.signal]) : controller.signal,
      ...resume,
      ...(this.options.waitTimeScale !== undefined && { waitTimeScale: this.options.waitTimeScale }),
    });
    const write = (result: Result): ExecutionRecord => {
      const last: ExecutionRecord = {
        ...record,
        ...result,
        stopDate: new Date(steadyNow()).toISOString(),
        ...(result.status === 'ABORTED' && isInterrupted() && { isInterrupted: true }),
      };
      log.write(last);
      log.close();
      mapProgress.endExecution(arn);
      return last;
    };
    const recorded = execution.result.then(
      (result: ExecutionResult) =>
        write('output' in result ? { ...result, ...withText('output', result.output) } : result),
      (fault: Error) =>
        write({ status: 'FAILED', error: 'States.Runtime', cause: `local mode failed: ${fault.message}` }),
    );
    const announce = async (): Promise<ExecutionRecord> => {
      const last = await recorded;
      // An interrupted execution has not ended: a resume continues it.
      if (!last.isInterrupted) await services.onExecutionEnded(last);
      // Rejects if local mode itself failed. This is the last step, so that the record is already written.
      await execution.result;
      return last;
    };
    const ended = announce().finally(() => this.own.delete(arn));
    // Prevents an unhandled rejection. The fault is not lost, because the record contains it.
    ended.catch(() => undefined);
    const own = { name, arn, recordFile: log.file, ended, recorded, controller };
    this.own.set(arn, own);
    return own;
  }
}

function withoutPosition(name: string): UserError {
  return new UserError(
    `Cannot resume execution ${name}: its position was not stored. Start a new execution.`,
  );
}

/**
 * The record's members that store a value: the value and, if JavaScript would serialize the value differently, also its
 * JSON text.
 */
function withText<Name extends 'input' | 'output'>(
  name: Name,
  value: Json,
  text = jsonText(value),
): { readonly [name in Name]: Json } {
  const plain = withPlainNumbers(value);
  const members = { [name]: plain, ...(text !== JSON.stringify(plain) && { [`${name}Text`]: text }) };
  return members as { readonly [name in Name]: Json };
}
