import type { KeyResource } from './deployment';
import { rawProperty, resourcePolicy, unlessAbsent } from './policy-documents';
import type { StackContext } from './stack-context';

/** Collects the KMS keys of the template with their key policies and aliases. */
export function deployKeys(context: StackContext): KeyResource[] {
  const { evaluator } = context;
  const aliases = evaluator.resourcesOfType('AWS::KMS::Alias').map((logicalId) => ({
    name: String(evaluator.property(logicalId, 'AliasName')),
    target: unlessAbsent(() => evaluator.property(logicalId, 'TargetKeyId')),
  }));
  return evaluator.resourcesOfType('AWS::KMS::Key').map((logicalId) => {
    const { ref: keyId, attributes } = evaluator.identity(logicalId);
    const arn = attributes['Arn'] ?? '';
    return {
      logicalId,
      arn,
      policy:
        rawProperty(context, logicalId, 'KeyPolicy') === undefined
          ? defaultKeyPolicy(context)
          : resourcePolicy(context, logicalId, 'KeyPolicy'),
      aliases: aliases.filter(({ target }) => target === arn || target === keyId).map(({ name }) => name),
    };
  });
}

/** The default key policy of KMS, which leaves access control to the account's IAM policies. */
function defaultKeyPolicy({ environment: { partition, accountId } }: StackContext): KeyResource['policy'] {
  const account = `arn:${partition}:iam::${accountId}:root`;
  return {
    Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'kms:*', Resource: '*' }],
  };
}
