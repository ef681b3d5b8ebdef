import type { StackAssembly } from './cloud-assembly';
import type { Environment } from './deployment';

/** Account for environment-agnostic stacks: the example account in AWS's documentation. */
export const DEFAULT_ACCOUNT = '123456789012';

/** Region for environment-agnostic stacks. */
export const DEFAULT_REGION = 'us-east-1';

/** The account and region for which a stack was synthesized, or else the defaults. */
export function resolveEnvironment(assembly: Pick<StackAssembly, 'account' | 'region'>): Environment {
  const region = assembly.region ?? DEFAULT_REGION;
  const partition = partitionOf(region);
  return {
    accountId: assembly.account ?? DEFAULT_ACCOUNT,
    region,
    partition,
    urlSuffix: partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
