import * as fs from 'node:fs';
import * as path from 'node:path';
import { findAsset, unpackAsset, writeFile } from './asset-files';
import type { FunctionResource } from './deployment';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** What the Lambda service assumes when the template says nothing. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MEGABYTES = 128;

/**
 * Unpacks each Lambda function whose code can run here (a Node.js runtime). A function that cannot be
 * resolved is left out with a warning: most templates hold functions of CDK's own that nobody invokes here.
 */
export function deployFunctions(context: StackContext): FunctionResource[] {
  return context.evaluator.resourcesOfType('AWS::Lambda::Function').flatMap((logicalId) => {
    try {
      return [deployFunction(context, logicalId)];
    } catch (error) {
      if (!(error instanceof TemplateError)) {
        throw error;
      }
      context.onWarning(`the function "${logicalId}" cannot be invoked: ${error.message}`);
      return [];
    }
  });
}

function deployFunction(context: StackContext, logicalId: string): FunctionResource {
  const { evaluator } = context;
  const { ref: name, attributes } = evaluator.identity(logicalId);
  const runtime = String(evaluator.property(logicalId, 'Runtime') ?? 'container image');
  const handler = String(evaluator.property(logicalId, 'Handler') ?? '');
  const folder = joinInside(path.join(context.root, 'functions'), logicalId);
  if (runtime.startsWith('nodejs')) {
    unpackCode(context, logicalId, handler, folder);
  }
  const environment = evaluator.property(logicalId, 'Environment');
  const variables =
    isRecord(environment) && isRecord(environment['Variables']) ? environment['Variables'] : {};
  return {
    logicalId,
    name,
    arn: attributes['Arn'] ?? '',
    roleArn: evaluator.stringProperty(logicalId, 'Role'),
    folder,
    handler,
    runtime,
    environment: Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)])),
    timeoutSeconds: Number(evaluator.property(logicalId, 'Timeout') ?? DEFAULT_TIMEOUT_SECONDS),
    memoryMegabytes: Number(evaluator.property(logicalId, 'MemorySize') ?? DEFAULT_MEMORY_MEGABYTES),
  };
}

function unpackCode(context: StackContext, logicalId: string, handler: string, folder: string): void {
  const code = context.evaluator.property(logicalId, 'Code');
  const templatePath = `Resources/${logicalId}/Properties/Code`;
  if (isRecord(code) && typeof code['ZipFile'] === 'string') {
    fs.rmSync(folder, { recursive: true, force: true });
    // AWS puts inline code into a file with the name that the handler asks for.
    writeFile(joinInside(folder, `${handler.split('.')[0]}.js`), code['ZipFile']);
    return;
  }
  const objectKey = isRecord(code) ? String(code['S3Key']) : '';
  const asset = findAsset(context.assembly, objectKey);
  if (asset === undefined) {
    throw new TemplateError(templatePath, `"${objectKey}" is no asset of this assembly: use Code.fromAsset`);
  }
  unpackAsset(asset, folder);
}
