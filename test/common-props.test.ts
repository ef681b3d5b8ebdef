import { App, Lazy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { DataLocation, type TuningFragmentProps } from '../lib';
import { autoMlFragment } from './automl/fixtures';
import { definitionIn, fragment, vpcIn } from './fixtures';

const ACCOUNT = '123456789012';
const SAGEMAKER = new iam.ServicePrincipal('sagemaker.amazonaws.com');

type CommonProps = Partial<Pick<TuningFragmentProps, 'output' | 'trainingRole' | 'vpc' | 'vpcSubnets'>>;

/** The two fragments whose common props follow the same rules. */
const MADE: readonly [
  string,
  (props: CommonProps, stack: Stack) => { toChain: Parameters<typeof definitionIn>[0] },
][] = [
  ['TuningFragment', (props, stack) => ({ toChain: fragment(props, stack) })],
  ['AutoMlFragment', (props, stack) => ({ toChain: autoMlFragment(props, stack) })],
];

function stackIn(account: string | undefined = ACCOUNT): Stack {
  return new Stack(new App(), 'Stack', { env: account ? { account, region: 'eu-west-1' } : undefined });
}

/** The messages of the library's warnings. */
function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => String(entry.data))
    .filter((text) => text.includes('cdk-sagemaker-tuning:'));
}

describe.each(MADE)('%s', (_name, make) => {
  const synthesize = (props: (stack: Stack) => CommonProps, stack = stackIn()): Stack => {
    definitionIn(make(props(stack), stack).toChain, stack);
    return stack;
  };

  describe('a training role', () => {
    const arn = (account: string) => `arn:aws:iam::${account}:role/training`;
    const made = (assumedBy: iam.IPrincipal) => (stack: Stack) => ({
      trainingRole: new iam.Role(stack, 'Mine', { assumedBy }),
    });

    test.each<[string, (stack: Stack) => CommonProps]>([
      ['of this app', made(SAGEMAKER)],
      [
        'of this app, trusted by several services',
        made(new iam.CompositePrincipal(new iam.ServicePrincipal('glue.amazonaws.com'), SAGEMAKER)),
      ],
      [
        'imported, in the account of the stack',
        (stack) => ({ trainingRole: iam.Role.fromRoleArn(stack, 'Mine', arn(ACCOUNT)) }),
      ],
      ['imported by name', (stack) => ({ trainingRole: iam.Role.fromRoleName(stack, 'Mine', 'training') })],
    ])('%s, gets its permissions without a warning', (_title, props) => {
      const stack = synthesize(props);
      expect(warningsOf(stack)).toEqual([]);
      const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
      expect(policies.map(({ Properties }) => JSON.stringify(Properties))).toContainEqual(
        expect.stringContaining('ecr:BatchGetImage'),
      );
    });

    test('of another account is rejected', () => {
      const trainingRole = (stack: Stack) => ({
        trainingRole: iam.Role.fromRoleArn(stack, 'Mine', arn('210987654321')),
      });
      expect(() => synthesize(trainingRole)).toThrow(
        /^Stack\/.*: 1 problem found:\n {2}- trainingRole: must be a role of account 123456789012, where the jobs run, got a role of account 210987654321: /,
      );
      // If the stack's account is a token, the accounts cannot be compared.
      expect(() => synthesize(trainingRole, new Stack(new App(), 'Stack'))).not.toThrow();
    });

    test('that this app cannot change causes a warning with the actions that the role must allow', () => {
      const stack = synthesize((scope) => ({
        trainingRole: iam.Role.fromRoleArn(scope, 'Mine', arn(ACCOUNT), { mutable: false }),
      }));
      expect(warningsOf(stack)).toEqual([
        expect.stringMatching(
          /^trainingRole: this app cannot change the permissions of arn:aws:iam::123456789012:role\/training\. Jobs fail with AccessDenied unless .*s3:GetObject.*s3:ListBucket.*cloudwatch:PutMetricData/,
        ),
      ]);
    });

    test('that SageMaker cannot assume is rejected at synth', () => {
      const lambda = new iam.ServicePrincipal('lambda.amazonaws.com');
      expect(() => Template.fromStack(synthesize(made(lambda)))).toThrow(
        /trainingRole: Stack\/Mine must trust sagemaker\.amazonaws\.com, or SageMaker cannot run jobs under it/,
      );
      expect(() => Template.fromStack(synthesize(made(new iam.AccountRootPrincipal())))).toThrow(
        /must trust/,
      );
    });

    test('does not count as trusting SageMaker because of a statement with NotPrincipal', () => {
      const stack = stackIn();
      const trainingRole = new iam.Role(stack, 'Mine', { assumedBy: new iam.AccountRootPrincipal() });
      trainingRole.assumeRolePolicy?.addStatements(
        new iam.PolicyStatement({ actions: ['sts:AssumeRole'], notPrincipals: [new iam.AnyPrincipal()] }),
      );
      make({ trainingRole }, stack);
      expect(() => Template.fromStack(stack)).toThrow(/must trust/);
    });

    test('causes a warning if it can write a whole bucket because the key of the output is unknown', () => {
      const uri = `s3://models/${Lazy.string({ produce: () => 'team' })}/`;
      const stack = synthesize(() => ({ output: DataLocation.fromUri(uri) }));
      expect(warningsOf(stack)).toEqual([
        expect.stringMatching(
          /^output: .* the training role can write to the whole bucket\. Use DataLocation\.fromBucket/,
        ),
      ]);
    });

    test.each<[string, iam.PolicyStatementProps]>([
      ['another action', { actions: ['sts:TagSession'], principals: [SAGEMAKER] }],
      [
        'a statement that a Deny outweighs',
        { effect: iam.Effect.DENY, actions: ['sts:*'], principals: [SAGEMAKER] },
      ],
    ])('does not trust SageMaker by %s', (_name, statement) => {
      const stack = stackIn();
      const trainingRole = new iam.Role(stack, 'Mine', {
        assumedBy: statement.effect ? SAGEMAKER : new iam.AccountRootPrincipal(),
      });
      trainingRole.assumeRolePolicy?.addStatements(new iam.PolicyStatement(statement));
      make({ trainingRole }, stack);
      expect(() => Template.fromStack(stack)).toThrow(/must trust/);
    });

    test('may trust SageMaker with a statement that is added later', () => {
      const stack = stackIn();
      const trainingRole = new iam.Role(stack, 'Mine', { assumedBy: new iam.AccountRootPrincipal() });
      const { toChain } = make({ trainingRole }, stack);
      trainingRole.assumeRolePolicy?.addStatements(
        new iam.PolicyStatement({ actions: ['sts:AssumeRole'], principals: [SAGEMAKER] }),
      );
      expect(() => definitionIn(toChain, stack)).not.toThrow();
    });
  });

  describe('subnets', () => {
    const vpcOf = (stack: Stack, ...types: ec2.SubnetType[]) =>
      new ec2.Vpc(stack, 'Vpc', {
        natGateways: types.includes(ec2.SubnetType.PRIVATE_WITH_EGRESS) ? 1 : 0,
        subnetConfiguration: types.map((subnetType) => ({ name: subnetType, subnetType })),
      });
    const { PUBLIC, PRIVATE_WITH_EGRESS, PRIVATE_ISOLATED } = ec2.SubnetType;
    const withEndpoint = (vpc: ec2.Vpc) => {
      vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
      return vpc;
    };

    test.each<[string, (stack: Stack) => CommonProps]>([
      ['private with a NAT gateway', (stack) => ({ vpc: vpcOf(stack, PUBLIC, PRIVATE_WITH_EGRESS) })],
      [
        'isolated, with an endpoint for S3',
        (stack) => ({ vpc: withEndpoint(vpcOf(stack, PRIVATE_ISOLATED)) }),
      ],
      ['public, with an endpoint for S3', (stack) => ({ vpc: withEndpoint(vpcOf(stack, PUBLIC)) })],
      ['private subnets of an imported VPC', (stack) => ({ vpc: vpcIn(stack) })],
      [
        'isolated subnets of an imported VPC, whose endpoints are unknown',
        (stack) => ({
          vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
            vpcId: 'vpc-0123456789abcdef0',
            availabilityZones: ['eu-west-1a'],
            isolatedSubnetIds: ['subnet-0123456789abcdef1'],
          }),
        }),
      ],
    ])('%s, are accepted without a warning', (_title, props) => {
      expect(warningsOf(synthesize(props))).toEqual([]);
    });

    test.each<[string, string, (stack: Stack) => CommonProps]>([
      ['isolated', 'without an endpoint', (stack) => ({ vpc: vpcOf(stack, PRIVATE_ISOLATED) })],
      ['public', 'because there are no others', (stack) => ({ vpc: vpcOf(stack, PUBLIC) })],
      [
        'public',
        'as selected, with an endpoint for another service only',
        (stack) => {
          const vpc = vpcOf(stack, PUBLIC, PRIVATE_WITH_EGRESS);
          vpc.addGatewayEndpoint('Table', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
          return { vpc, vpcSubnets: { subnetType: PUBLIC } };
        },
      ],
      [
        'public',
        'of an imported VPC',
        (stack) => ({
          vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
            vpcId: 'vpc-0123456789abcdef0',
            availabilityZones: ['eu-west-1a'],
            publicSubnetIds: ['subnet-0123456789abcdef1'],
          }),
        }),
      ],
    ])('%s, %s, give a warning', (kind, _title, props) => {
      expect(warningsOf(synthesize(props))).toEqual([
        expect.stringContaining(
          `vpcSubnets: jobs in the ${kind} subnets of Stack/Vpc cannot reach Amazon S3`,
        ),
      ]);
    });

    test('that the VPC does not have are rejected, and the error gives the reason', () => {
      const props = (stack: Stack) => ({
        vpc: vpcOf(stack, PUBLIC),
        vpcSubnets: { subnetType: PRIVATE_WITH_EGRESS },
      });
      expect(() => synthesize(props)).toThrow(
        /1 problem found:\n {2}- vpcSubnets: must select subnets of Stack\/Vpc, such as .*: There are no 'Private' subnet groups in this VPC/,
      );
    });
  });
});

test.each(['cn-north-1', 'cn-northwest-1'])(
  'AutoML is rejected in %s, because its API is not available there',
  (region) => {
    const stack = new Stack(new App(), 'Stack', { env: { account: ACCOUNT, region } });
    expect(() => autoMlFragment({}, stack)).toThrow(
      `env.region: must be a region outside of China, got ${region} for the stack: CreateAutoMLJobV2 is not available in the China Regions`,
    );
  },
);
