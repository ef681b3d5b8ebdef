import type { ModelPackageGroupResource } from './deployment';
import type { StackContext } from './stack-context';

/** Collects the model package groups of the template. */
export function deployModelPackageGroups({ evaluator }: StackContext): ModelPackageGroupResource[] {
  return evaluator.resourcesOfType('AWS::SageMaker::ModelPackageGroup').map((logicalId) => {
    const description = evaluator.property(logicalId, 'ModelPackageGroupDescription');
    const tags = evaluator.property(logicalId, 'Tags') as ModelPackageGroupResource['tags'] | undefined;
    return {
      name: String(evaluator.property(logicalId, 'ModelPackageGroupName')),
      ...(description !== undefined && { description: String(description) }),
      tags: tags ?? [],
    };
  });
}
