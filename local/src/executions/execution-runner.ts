import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { StateMachineResource } from '../assembly';
import type { OnNotice } from '../local-folder/read-record';
import {
  type ExecutionOptions,
  type ExecutionResult,
  type Json,
  jsonText,
  type MapPlace,
  parseExact,
  type ReadItems,
  type ResumePoint,
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

/** An execution under way. */
export interface RunningExecution {
  readonly name: string;
  readonly arn: string;
  /** File that keeps the execution's input, status and output. */
  readonly recordFile: string;
  /** The record when the execution has ended, however it ended. */
  readonly ended: Promise<ExecutionRecord>;
}

/** How a new execution is to run. */
export interface StartOptions {
  /** @default - a UUID */
  readonly name?: string;
  /** The input as it was given. @default - made of the input */
  readonly inputText?: string;
  /** The version of the state machine that it runs, and the alias that it was started by. */
  readonly startedAs?: Pick<ExecutionRecord, 'stateMachineVersionArn' | 'stateMachineAliasArn'>;
  /** The item of another execution's Map that it is started for. @default - none */
  readonly place?: MapPlace;
  /** Stops it, as StopExecution does. */
  readonly signal?: AbortSignal;
}

/** What a state machine runs its Tasks as. */
export interface StateMachineRole {
  readonly arn: string;
}

/** What executions need of the services. */
export interface ExecutionServices {
  /** Makes the function that runs a state machine's Tasks with the rights of its role. */
  readonly taskRunner: (role: StateMachineRole) => RunTask;
  /** Makes the function that reads the items of a state machine's distributed Maps with the rights of its role. */
  readonly itemReader: (role: StateMachineRole) => ReadItems;
  /** Makes the function that writes the results of its distributed Maps. */
  readonly resultWriter: (role: StateMachineRole) => WriteResults;
  /** To be called when an execution has ended: starts the targets of the event rules that match, and waits for functions. */
  readonly onExecutionEnded: (record: ExecutionRecord) => Promise<void>;
}

/** What runs executions needs. */
export interface ExecutionRunnerOptions {
  readonly root: string;
  /** Takes what a person should know. */
  readonly onNotice: OnNotice;
  /** Names the deployment in the records of executions, so that they can be resumed in it. */
  readonly deploymentId?: string;
  /** How much of their time Wait states and retries wait. @default 1 */
  readonly waitTimeScale?: number;
  /** Stand for tasks. @default - none */
  readonly stubTasks?: Stubs;
  readonly services: () => ExecutionServices;
  /** Parses a definition. @throws Error when local mode cannot run it, or cannot train what it trains */
  readonly parse: (stateMachine: ExecutedStateMachine) => StateMachine;
}

interface OwnExecution extends RunningExecution {
  /** Resolves when the record has the end: event rules may still be at work. */
  readonly recorded: Promise<ExecutionRecord>;
  readonly controller: AbortController;
}

/** What an execution runs with, from its beginning or from where it was. */
interface Start {
  readonly record: ExecutionRecord;
  readonly log: ExecutionLog;
  readonly machine: StateMachine;
  readonly stateMachine: ExecutedStateMachine;
  readonly signal?: AbortSignal | undefined;
  readonly resume?: Pick<ExecutionOptions, 'resumeFrom' | 'isRedrive' | 'eventsBefore'>;
}

/** Why executions are stopped when local mode ends: not because anybody wanted them to. */
const INTERRUPTION = new Error('local mode ends');

type Result = Pick<ExecutionRecord, 'status' | 'error' | 'cause' | 'output'>;

/** Runs the executions of a deployment and keeps their records. */
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
   * @returns undefined when the state machine has had an execution of the name
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
      processId: process.pid,
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
   * Runs an execution that has not succeeded on from where it stood: of a Map or Parallel state only what did not
   * succeed.
   *
   * @throws Error when local mode cannot run its definition any more
   */
  redrive(
    ended: ExecutionRecord,
    stateMachine: ExecutedStateMachine,
    resumeFrom: ResumePoint,
  ): RunningExecution {
    const machine = this.options.parse(stateMachine);
    const redriven = {
      redriveCount: (ended.redriveCount ?? 0) + 1,
      redriveDate: new Date(steadyNow()).toISOString(),
    };
    return this.goOn(
      { ...ended, ...redriven },
      {
        machine,
        stateMachine,
        resume: { resumeFrom: redrivePoint(resumeFrom, ended.error), isRedrive: true },
      },
    );
  }

  /**
   * Prepares to run an interrupted execution on, as if nothing had been. Calls that had no answer yet are made again,
   * with the same identity, so that no job is created twice.
   *
   * @returns what runs it on
   * @throws UserError when local mode cannot run its definition any more, or does not know where it was
   */
  prepareResume(interrupted: ExecutionRecord): () => RunningExecution {
    const { arn, name } = interrupted;
    const stateMachine = this.store.stateMachine(arn);
    const resumeFrom = this.store.position(arn);
    if (!stateMachine || !resumeFrom) {
      throw new UserError(`Execution ${name} cannot be resumed: its position was not kept. Start a new one.`);
    }
    const machine = this.options.parse(stateMachine);
    return () => {
      const lastEvent = this.store.history(arn).at(-1);
      if (lastEvent) continueFrom(Date.parse(lastEvent.timestamp));
      return this.goOn(interrupted, { machine, stateMachine, resume: { resumeFrom } });
    };
  }

  private goOn(
    ended: ExecutionRecord,
    from: Pick<Start, 'machine' | 'stateMachine' | 'resume'>,
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
    const record: ExecutionRecord = { ...kept, processId: process.pid, status: 'RUNNING' };
    const log = this.store.reopen(record);
    const eventsBefore = this.store.history(record.arn).length;
    log.write(record);
    return this.run({ record, log, ...from, resume: { ...from.resume, eventsBefore } });
  }

  /** An execution that this process runs. */
  running(arn: string): RunningExecution | undefined {
    return this.own.get(arn);
  }

  /** Stops an execution that this process runs. @returns its record, as it has ended */
  async stop(arn: string, error?: string, cause?: string): Promise<ExecutionRecord | undefined> {
    const execution = this.own.get(arn);
    execution?.controller.abort(new StatesError(error, cause));
    return execution?.recorded;
  }

  /** Stops all that this process runs, and waits for its end: it can be resumed. */
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
      // An execution that is resumed has no end in its history, and goes on where it was.
      onEvent: (event) => isInterrupted() || log.append(event),
      onPosition: (change) => isInterrupted() || log.reach(change),
      ...(record.place && { place: record.place }),
      onItem: (state) => isInterrupted() || this.store.keepItem(state),
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
      await services.onExecutionEnded(last);
      // A fault of local mode is thrown only when all is written.
      await execution.result;
      return last;
    };
    const ended = announce().finally(() => this.own.delete(arn));
    // Nobody may be waiting: the record has the fault.
    ended.catch(() => undefined);
    const own = { name, arn, recordFile: log.file, ended, recorded, controller };
    this.own.set(arn, own);
    return own;
  }
}

/** Data for a record, with its text where JavaScript does not print it so. */
function withText<Name extends 'input' | 'output'>(
  name: Name,
  value: Json,
  text = jsonText(value),
): { readonly [name in Name]: Json } {
  const plain = withPlainNumbers(value);
  const members = { [name]: plain, ...(text !== JSON.stringify(plain) && { [`${name}Text`]: text }) };
  return members as { readonly [name in Name]: Json };
}
