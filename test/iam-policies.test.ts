import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { flat, type Json } from './fixtures';
import { IAM_ACTIONS } from './iam-actions';
import { VARIANTS } from './variants';

/** Policies of aws-cdk-lib's own constructs. */
const OF_OTHERS = /^<?CustomCDKBucketDeployment/;

/** Sample ARN endings, by resource type, for ARNs that are known only at deployment. */
const REFERENCES: readonly [RegExp, string][] = [
  [/^<\w*Role\w*\.Arn>$/, 'role/x'],
  [/^<\w*Key\w*\.Arn>$/, 'key/x'],
  [/^<\w*Logs\w*\.Arn>$/, 'log-group:x:*'],
  [/^<\w*Function\w*\.Arn>/, 'function:x'],
  [/^<\w*(Queue|DeadLetter)\w*\.Arn>$/, 'x'],
  [/^<\w*StateMachine\w*>$/, 'stateMachine:x'],
  [/^<\w*Bucket\w*\.Arn>\//, 'bucket/key*'],
  [/^<\w*Bucket\w*\.Arn>$/, 'bucket'],
];

describe.each(VARIANTS)('$name', ({ app }) => {
  const made = app();
  const stacks = made.node.findAll().filter((each): each is Stack => each instanceof Stack);
  const statements = stacks.flatMap((stack) => statementsOf(Template.fromStack(stack)));

  test('has valid resources for each action', () => {
    const wrong = statements.flatMap(({ Action, Resource }: Json) =>
      [Action].flat().flatMap((action: string) => {
        const known = Object.keys(IAM_ACTIONS).find((name) => name.toLowerCase() === action.toLowerCase());
        const resources = [Resource].flat().map(String);
        const fits = (resource: string) => known && IAM_ACTIONS[known]?.test(endOf(resource));
        return resources.filter((resource) => !fits(resource)).map((resource) => `${action} on ${resource}`);
      }),
    );
    expect(wrong).toEqual([]);
    expect(statements.length).toBeGreaterThan(10);
  });
});

/** The policy statements of all roles in a template, except the roles of aws-cdk-lib's own constructs. */
function statementsOf(template: Template): Json[] {
  const policies = Object.entries(template.findResources('AWS::IAM::Policy')) as [string, Json][];
  return policies
    .filter(([id]) => !OF_OTHERS.test(id))
    .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
    .map(flat);
}

/** The part of an ARN after the service, region and account. */
function endOf(resource: string): string {
  const [, type] = REFERENCES.find(([pattern]) => pattern.test(resource)) ?? [];
  return type ?? resource.replace(/<[^>]*>/g, 'x').replace(/^arn:([^:]*:){4}/, '');
}
