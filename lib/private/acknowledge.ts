import { Stack, Validations } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Acknowledges wildcard findings of cdk-nag's AwsSolutions pack, with the reason why the permissions cannot be narrower.
 * cdk-nag still reports other wildcards.
 */
export function acknowledgeWildcards(scope: IConstruct, resources: readonly string[], reason: string): void {
  const wildcards = resources.map((resource) => flatten(Stack.of(scope).resolve(resource)));
  for (const resource of new Set(wildcards.filter((text) => text.includes('*')))) {
    acknowledge(scope, `IAM5[Resource::${resource}]`, reason);
  }
}

/** Acknowledges cdk-nag's findings about wildcards in a state machine's permissions to invoke its functions. */
export function acknowledgeInvocations(
  stateMachine: IConstruct,
  functions: readonly (lambda.IFunction | undefined)[],
): void {
  acknowledgeWildcards(
    stateMachine,
    functions.flatMap((each) => each?.resourceArnsForGrantInvoke ?? []),
    'Versions and aliases of one function',
  );
}

/**
 * Acknowledges a finding of the AwsSolutions pack, such as `L1`. Writes the metadata directly, because before
 * aws-cdk-lib 2.274, `Validations.acknowledge` rejects IDs with a second `::`.
 */
export function acknowledge(scope: IConstruct, finding: string, reason: string): void {
  scope.node.addMetadata(Validations.ACKNOWLEDGED_RULES_METADATA_KEY, {
    [`AwsSolutions::AwsSolutions-${finding}`]: reason,
  });
}

/** The resources of policy statements. */
export function resourcesOf(statements: readonly iam.PolicyStatement[]): string[] {
  return statements.flatMap((statement) => statement.resources);
}

/** A resolved CloudFormation value in cdk-nag's notation, with references in angle brackets. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument]] = Object.entries(value) as [[string, unknown]];
  switch (name) {
    case 'Ref':
      return `<${argument}>`;
    case 'Fn::GetAtt':
      return `<${(argument as string[]).join('.')}>`;
    case 'Fn::Join': {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(flatten).join(separator);
    }
    case 'Fn::Sub':
      // The name of the CDK's bucket for assets is an example of an Fn::Sub string.
      return String(argument).replace(/\$\{([^}]+)\}/g, '<$1>');
    case 'Fn::ImportValue':
      return flatten(argument);
    default:
      return JSON.stringify(value);
  }
}
