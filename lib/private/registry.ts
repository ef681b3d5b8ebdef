import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TrainingImage } from '../algorithm/algorithm-definition';
import { validationError } from './problems';

/** An image of SageMaker's own, in a registry account that depends on the region. */
export interface RegionalImage {
  /** How messages call what the image is for, such as `XGBoost`. */
  readonly title: string;
  readonly repository: string;
  readonly tag: string;
  /** Registry account by region. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Logical ID of the mapping that looks the account up when the stack is deployed; one for each table. */
  readonly mappingId: string;
  /** Account to use instead of the table's. */
  readonly account?: string;
  /** Prop that helps where the region is not in the table. @default registryAccount */
  readonly remedy?: string;
}

/** @throws Error named `TuningValidationError` where the account is known and not one of AWS */
export function requireAccount(where: string, account: string | undefined): void {
  if (account === undefined || Token.isUnresolved(account) || /^\d{12}$/.test(account)) return;
  throw validationError(
    `${where}: registryAccount must be the 12 digits of an AWS account, got ${JSON.stringify(account)}`,
  );
}

const MAPPING_KEY = 'account';

/**
 * Finds an image for the stack of a construct: at synth where the region is known, else when the stack is deployed.
 *
 * @throws Error where the region is known and not in the table
 */
export function regionalImage(scope: Construct, image: RegionalImage): TrainingImage {
  const stack = Stack.of(scope);
  const account = image.account ?? registryAccount(stack, image);
  return imageInEcr(scope, { account, repository: image.repository, tag: image.tag });
}

/** An image in the stack's region. */
export function imageInEcr(
  scope: Construct,
  { account, repository, tag }: { account: string; repository: string; tag: string },
): TrainingImage {
  const stack = Stack.of(scope);
  return {
    uri: `${account}.dkr.ecr.${stack.region}.${Aws.URL_SUFFIX}/${repository}:${tag}`,
    repositoryArn: stack.formatArn({
      service: 'ecr',
      account,
      resource: 'repository',
      resourceName: repository,
    }),
  };
}

function registryAccount(
  stack: Stack,
  { title, accounts, mappingId, remedy = 'registryAccount' }: RegionalImage,
): string {
  if (!Token.isUnresolved(stack.region)) {
    const account = accounts[stack.region];
    if (!account) {
      throw validationError(
        `the registry of ${title} in region "${stack.region}" is unknown: give ${remedy}; known regions are ${Object.keys(accounts).join(', ')}`,
      );
    }
    return account;
  }
  const existing = stack.node.tryFindChild(mappingId);
  const mapping =
    existing instanceof CfnMapping
      ? existing
      : new CfnMapping(stack, mappingId, {
          mapping: Object.fromEntries(
            Object.entries(accounts).map(([region, account]) => [region, { [MAPPING_KEY]: account }]),
          ),
        });
  return mapping.findInMap(Aws.REGION, MAPPING_KEY);
}
