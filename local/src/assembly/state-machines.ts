import * as fs from 'node:fs';
import { findAsset } from './asset-files';
import type { StateMachineResource } from './deployment';
import type { StackContext } from './stack-context';
import { splitAtLastColon, versionOfAlias } from './state-machine-versions';
import { isRecord, TemplateError } from './template';

/** Resolves and parses the definitions of the template's state machines. */
export function deployStateMachines(context: StackContext): StateMachineResource[] {
  const { evaluator } = context;
  const versions = qualifiedArns(context);
  return evaluator.resourcesOfType('AWS::StepFunctions::StateMachine').map((logicalId) => {
    const { attributes } = evaluator.identity(logicalId);
    const kmsKeyId = keyOf(context, logicalId);
    const qualifiers = versions.get(attributes['Arn'] ?? '');
    return {
      logicalId,
      name: attributes['Name'] ?? '',
      arn: attributes['Arn'] ?? '',
      roleArn: evaluator.stringProperty(logicalId, 'RoleArn'),
      ...readDefinition(context, logicalId),
      isLogged: isLogged(context, logicalId),
      ...(kmsKeyId !== undefined && { kmsKeyId }),
      ...(qualifiers && { qualifiers }),
      tags: tagsOf(context, logicalId),
    };
  });
}

function tagsOf({ evaluator }: StackContext, logicalId: string): Record<string, string> {
  const tags = [evaluator.property(logicalId, 'Tags') ?? []].flat().filter(isRecord);
  return Object.fromEntries(tags.map(({ Key: key, Value: value }) => [String(key), String(value)]));
}

/** The versions and aliases of the template, by state machine ARN. */
function qualifiedArns({ evaluator, onWarning }: StackContext): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  const add = (qualifiedArn: string, versionArn: string): void => {
    const [arn, qualifier] = splitAtLastColon(qualifiedArn);
    found.set(arn, { ...found.get(arn), [qualifier]: versionArn });
  };
  for (const logicalId of evaluator.resourcesOfType('AWS::StepFunctions::StateMachineVersion')) {
    const { ref } = evaluator.identity(logicalId);
    add(ref, ref);
  }
  for (const logicalId of evaluator.resourcesOfType('AWS::StepFunctions::StateMachineAlias')) {
    const versionArn = versionOfAlias((name) => evaluator.property(logicalId, name));
    add(evaluator.identity(logicalId).ref, versionArn);
    const [arn, version] = splitAtLastColon(versionArn);
    if (found.get(arn)?.[version] === undefined) {
      onWarning(
        `Resources/${logicalId}: version ${version} exists only on AWS: the alias runs the definition in the template instead`,
      );
    }
  }
  return found;
}
/** The default log level is OFF. */
function isLogged({ evaluator }: StackContext, logicalId: string): boolean {
  const logging = evaluator.property(logicalId, 'LoggingConfiguration');
  return isRecord(logging) && (logging['Level'] ?? 'OFF') !== 'OFF';
}

function keyOf({ evaluator }: StackContext, logicalId: string): string | undefined {
  const encryption = evaluator.property(logicalId, 'EncryptionConfiguration');
  return isRecord(encryption) && encryption['Type'] === 'CUSTOMER_MANAGED_KMS_KEY'
    ? String(encryption['KmsKeyId'])
    : undefined;
}

type Definition = Required<Pick<StateMachineResource, 'definition' | 'definitionText'>>;

function readDefinition(context: StackContext, logicalId: string): Definition {
  const { evaluator } = context;
  const substitutions = evaluator.property(logicalId, 'DefinitionSubstitutions');
  const replace = (text: string): string => substitute(text, isRecord(substitutions) ? substitutions : {});
  const templatePath = `Resources/${logicalId}/Properties`;

  const definition = evaluator.property(logicalId, 'Definition');
  if (isRecord(definition)) {
    return parse(replace(JSON.stringify(definition)), `${templatePath}/Definition`);
  }
  const text = evaluator.property(logicalId, 'DefinitionString');
  if (typeof text === 'string') {
    return parse(replace(text), `${templatePath}/DefinitionString`);
  }
  const location = evaluator.property(logicalId, 'DefinitionS3Location');
  const asset = isRecord(location) ? findAsset(context.assembly, String(location['Key'])) : undefined;
  if (asset === undefined) {
    throw new TemplateError(
      templatePath,
      'local mode found no definition: use a DefinitionBody from a chainable, a string or a local JSON file',
    );
  }
  return parse(replace(fs.readFileSync(asset.source, 'utf8')), `${templatePath}/DefinitionS3Location`);
}

function substitute(text: string, substitutions: Record<string, unknown>): string {
  return Object.entries(substitutions).reduce(
    (result, [name, value]) =>
      result.replaceAll(`\${${name}}`, () => JSON.stringify(String(value)).slice(1, -1)),
    text,
  );
}

function parse(definitionText: string, path: string): Definition {
  try {
    return { definition: JSON.parse(definitionText) as Record<string, unknown>, definitionText };
  } catch (error) {
    throw new TemplateError(path, `the definition is not JSON: ${(error as Error).message}`);
  }
}
