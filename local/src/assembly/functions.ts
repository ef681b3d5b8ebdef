import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { replaceFile } from '../local-folder/replace-file';
import { findAsset, readAssetFiles } from './asset-files';
import type { FunctionResource } from './deployment';
import { joinInside } from './safe-path';
import type { StackContext } from './stack-context';
import { isRecord, TemplateError } from './template';

/** Lambda's default timeout. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MEGABYTES = 128;

/**
 * Unpacks the Lambda functions with a Node.js runtime. A function that cannot be resolved is left out with a warning
 * instead of an error, because most templates contain functions of the CDK that local mode never invokes.
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
  const home = joinInside(path.join(context.root, 'functions'), logicalId);
  const folder = runtime.startsWith('nodejs') ? placeCode(readCode(context, logicalId, handler), home) : home;
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

/** The files of a function's code, by path. */
function readCode(context: StackContext, logicalId: string, handler: string): Map<string, Buffer> {
  const code = context.evaluator.property(logicalId, 'Code');
  const templatePath = `Resources/${logicalId}/Properties/Code`;
  if (isRecord(code) && typeof code['ZipFile'] === 'string') {
    // AWS stores inline code in a file named after the handler.
    return new Map([[`${handler.split('.')[0]}.js`, Buffer.from(code['ZipFile'])]]);
  }
  const objectKey = isRecord(code) ? String(code['S3Key']) : '';
  const asset = findAsset(context.assembly, objectKey);
  if (asset === undefined) {
    throw new TemplateError(
      templatePath,
      `"${objectKey}" is not an asset of this assembly: use Code.fromAsset`,
    );
  }
  const files = new Map<string, Buffer>();
  readAssetFiles(asset, (name, content) => files.set(name, content()));
  return files;
}

/**
 * Puts code into a folder named after its content hash, so that a deployment never changes code that another
 * process is running.
 */
function placeCode(files: ReadonlyMap<string, Buffer>, home: string): string {
  const hash = createHash('sha256');
  for (const [name, content] of [...files].sort(([left], [right]) => (left < right ? -1 : 1))) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  const folder = path.join(home, hash.digest('hex').slice(0, 16));
  if (fs.existsSync(folder)) {
    return folder;
  }
  fs.mkdirSync(home, { recursive: true });
  const staging = fs.mkdtempSync(path.join(home, '.new-'));
  try {
    for (const [name, content] of files) {
      replaceFile(joinInside(staging, name), content);
    }
    fs.renameSync(staging, folder);
  } catch (error) {
    fs.rmSync(staging, { recursive: true, force: true });
    // Another process may have created the same folder meanwhile.
    if (!fs.existsSync(folder)) {
      throw error;
    }
  }
  return folder;
}
