import * as fs from 'node:fs';
import type { Environment, FunctionResource } from '../../assembly/deployment';
import { joinInside } from '../../assembly/safe-path';
import { AwsError } from '../aws-error';
import type { CredentialStore } from '../credentials';
import * as json from '../model/lambda-model.json';
import { validateAgainst } from '../model/validator';
import { RestModel } from '../rest/rest-model';
import type { Input, OperationsOf, Service } from '../service';
import { findFunction } from './find-function';
import { functionEnvironment } from './function-environment';
import { FunctionPool } from './function-pool';
import { FunctionProcess, type InvocationResult } from './function-process';

/** Response of Invoke. The payload is JSON text. */
export interface InvokeOutput {
  readonly StatusCode: number;
  readonly ExecutedVersion: string;
  readonly FunctionError?: 'Unhandled';
  readonly Payload: string;
  /** The end of the function's output in base64, for a request with the LogType `Tail`. */
  readonly LogResult?: string;
}

/** Maximum payload of a synchronous and of an asynchronous invocation (Lambda API reference). */
const MAX_PAYLOAD_BYTES = { RequestResponse: 6 * 1024 * 1024, Event: 1024 * 1024 };

/** Maximum number of log bytes that `Tail` returns. */
const LOG_TAIL_BYTES = 4096;

/** Unsupported members that would change the meaning of a request. */
const UNSUPPORTED = ['ClientContext', 'DurableExecutionName', 'TenantId'];

/** Dependencies of the service. */
export interface LambdaServiceOptions {
  readonly functions: readonly FunctionResource[];
  readonly environment: Environment;
  readonly logsFolder: string;
  readonly credentials: CredentialStore;
  /** Returns the URL of the endpoint. The URL is known only after the services have been created. */
  readonly endpointUrl: () => string;
  /** Maps each function to the function that a state machine invokes after it. @default - unknown */
  readonly nextFunctions?: ReadonlyMap<FunctionResource, FunctionResource>;
}

/** Lambda: runs the functions of the template from their deployable bundles. */
export class LambdaService implements Service {
  public readonly name = 'lambda';
  public readonly model = new RestModel(json);
  public readonly operations: OperationsOf<typeof json> = {
    Invoke: {
      run: (input) => this.invoke(input),
      access: (_input, given) => [{ ...given, action: 'lambda:InvokeFunction' }],
    },
  };
  private readonly pools = new Map<FunctionResource, FunctionPool>();

  constructor(private readonly options: LambdaServiceOptions) {}

  public subject({ FunctionName: name }: Input) {
    const { partition, region, accountId } = this.options.environment;
    const prefix = String(name).startsWith('arn:')
      ? ''
      : `arn:${partition}:lambda:${region}:${accountId}:function:`;
    return { resource: `${prefix}${String(name)}`, context: {} };
  }

  public validate(operation: string, input: Input): void {
    validateAgainst(this.model, operation, input);
    const unsupported = UNSUPPORTED.find((member) => (input[member] ?? undefined) !== undefined);
    if (unsupported !== undefined) {
      throw new AwsError(
        'InvalidParameterValueException',
        `local mode does not support "${unsupported}" in lambda:Invoke`,
      );
    }
  }

  /** Ends all function processes. */
  public close(): void {
    for (const pool of this.pools.values()) pool.close();
  }

  /** Invokes a function without checking permissions. */
  public async invoke(input: Input): Promise<InvokeOutput> {
    const definition = findFunction(this.options.functions, String(input['FunctionName']));
    const payload = String(input['Payload'] ?? '{}');
    const type = (input['InvocationType'] ?? 'RequestResponse') as 'RequestResponse' | 'Event' | 'DryRun';
    if (type === 'DryRun') {
      return { StatusCode: 204, ExecutedVersion: '$LATEST', Payload: '' };
    }
    checkPayload(payload, MAX_PAYLOAD_BYTES[type]);
    if (type === 'Event') {
      // An asynchronous invocation: errors are in the function's log.
      void this.run(definition, payload).catch(() => undefined);
      return { StatusCode: 202, ExecutedVersion: '$LATEST', Payload: '' };
    }
    const before = sizeOf(this.logFile(definition));
    const output = render(await this.run(definition, payload));
    return input['LogType'] === 'Tail'
      ? { ...output, LogResult: tailOf(this.logFile(definition), before) }
      : output;
  }

  private async run(definition: FunctionResource, payload: string): Promise<InvocationResult> {
    const result = this.poolOf(definition).invoke(payload);
    // Warms the function that is likely to be invoked next. On AWS, this function is often warm, too.
    const next = this.options.nextFunctions?.get(definition);
    if (next) this.poolOf(next).prepare();
    return result;
  }

  private poolOf(definition: FunctionResource): FunctionPool {
    const pool = this.pools.get(definition) ?? new FunctionPool(() => this.start(definition));
    this.pools.set(definition, pool);
    return pool;
  }

  private start(definition: FunctionResource): FunctionProcess {
    const { environment, credentials, endpointUrl, logsFolder } = this.options;
    fs.mkdirSync(logsFolder, { recursive: true });
    const keys = credentials.issue({ arn: definition.roleArn });
    return new FunctionProcess(
      definition,
      functionEnvironment(definition, environment.region, keys, endpointUrl(), logsFolder),
      this.logFile(definition),
    );
  }

  private logFile({ name }: FunctionResource): string {
    return joinInside(this.options.logsFolder, `${name}.log`);
  }
}

function checkPayload(payload: string, maxBytes: number): void {
  if (Buffer.byteLength(payload) > maxBytes) {
    throw new AwsError(
      'RequestTooLargeException',
      `Request must be smaller than ${maxBytes} bytes for the InvokeFunction operation`,
      413,
    );
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}

function sizeOf(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/**
 * The end of the output that a log received after a position. Includes output of parallel events, which share the log.
 */
function tailOf(file: string, position: number): string {
  const bytes = fs.existsSync(file) ? fs.readFileSync(file).subarray(position) : Buffer.alloc(0);
  return bytes.subarray(-LOG_TAIL_BYTES).toString('base64');
}

function render(result: InvocationResult): InvokeOutput {
  return 'error' in result
    ? {
        StatusCode: 200,
        ExecutedVersion: '$LATEST',
        FunctionError: 'Unhandled',
        Payload: JSON.stringify(result.error),
      }
    : { StatusCode: 200, ExecutedVersion: '$LATEST', Payload: result.payload };
}
