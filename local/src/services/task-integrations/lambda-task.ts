import { randomUUID } from 'node:crypto';
import { jsonText, StatesError } from '../../states';
import { parseData } from '../json-text';
import type { InvokeOutput } from '../lambda/lambda-service';
import type { Principal } from '../principal';
import type { ServiceRouter } from '../router';
import { asStatesError, LAMBDA_ERRORS } from './task-errors';

/**
 * Invokes a function for `lambda:invoke`. The result contains the payload and Lambda's other response
 * members.
 */
export async function runLambdaInvoke(
  router: ServiceRouter,
  caller: Principal,
  input: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const output = await invoke(router, caller, input);
  const requestId = randomUUID();
  return {
    ExecutedVersion: output.ExecutedVersion,
    Payload: output.Payload === '' ? {} : parsePayload(output),
    SdkHttpMetadata: { HttpStatusCode: output.StatusCode },
    SdkResponseMetadata: { RequestId: requestId },
    StatusCode: output.StatusCode,
  };
}

/** Invokes a function whose ARN is the task's resource. The result is the payload. */
export async function runFunction(
  router: ServiceRouter,
  caller: Principal,
  functionArn: string,
  input: unknown,
): Promise<unknown> {
  const output = await invoke(router, caller, { FunctionName: functionArn, Payload: input });
  return parsePayload(output);
}

function parsePayload({ Payload: payload }: InvokeOutput): unknown {
  try {
    return parseData(payload);
  } catch (error) {
    throw new StatesError(
      'States.Runtime',
      `Cannot parse the function's result: ${(error as Error).message}`,
    );
  }
}

async function invoke(
  router: ServiceRouter,
  caller: Principal,
  input: Readonly<Record<string, unknown>>,
): Promise<InvokeOutput> {
  const request = { ...input, Payload: jsonText(input['Payload'] ?? {}) };
  let output: InvokeOutput;
  try {
    output = (await router.call('lambda', 'Invoke', request, caller)) as InvokeOutput;
  } catch (error) {
    throw asStatesError(error, LAMBDA_ERRORS);
  }
  if (output.FunctionError !== undefined) {
    const { errorType = 'Error' } = JSON.parse(output.Payload) as { errorType?: string };
    throw new StatesError(errorType, output.Payload);
  }
  return output;
}
