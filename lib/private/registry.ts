import { Aws, CfnMapping, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TrainingImage } from '../algorithm/algorithm-definition';
import { validationError } from './problems';

/** A SageMaker image, in a registry account that depends on the region. */
export interface RegionalImage {
  /** Name in messages, such as `XGBoost`. */
  readonly title: string;
  readonly repository: string;
  readonly tag: string;
  /** Registry account by region. */
  readonly accounts: Readonly<Record<string, string>>;
  /**
   * Logical ID of the CloudFormation mapping that looks up the account at deploy time. Each table of accounts has its
   * own mapping.
   */
  readonly mappingId: string;
  /** Account to use instead of the account in the table. */
  readonly account?: string;
  /** Property that the user can set if `accounts` lacks the region; used in messages. @default registryAccount */
  readonly remedy?: string;
}

/** @throws Error named `TuningValidationError` if the account is known at synth and is not a valid account ID */
export function requireAccount(where: string, account: string | undefined): void {
  if (account === undefined || Token.isUnresolved(account) || /^\d{12}$/.test(account)) return;
  throw validationError(
    `${where}: registryAccount must be the 12 digits of an AWS account, got ${JSON.stringify(account)}`,
  );
}

const MAPPING_KEY = 'account';

/**
 * Finds the image for a construct's stack: at synth if the region is known, else at deploy time.
 *
 * @throws Error if the region is known at synth and is not in the table
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
