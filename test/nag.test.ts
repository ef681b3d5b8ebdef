import { App, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { context } from '../cdk.json';
import { workflow } from './fixtures';
import { VARIANTS } from './variants';

// Unlike the other tests, this one also validates the templates with the CDK's own rules.
process.env['CDK_VALIDATION'] = 'true';

/** Findings of the CDK's validation, and findings of cdk-nag's AwsSolutions pack that are not acknowledged. */
function findingsOf(app: App): string[] {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  try {
    app.synth();
    return [];
  } catch (error) {
    return [String(error)];
  }
}

describe('all findings of cdk-nag AwsSolutions are acknowledged', () => {
  test.each(VARIANTS)('in $name', ({ app }) => {
    expect(findingsOf(app())).toEqual([]);
  });

  test("and the CDK's validation still finds an invalid property", () => {
    const app = new App({ context });
    new CfnResource(new Stack(app, 'Stack'), 'Bucket', {
      type: 'AWS::S3::Bucket',
      properties: { BucketName: 17, Unknown: true },
    });
    expect(findingsOf(app).join('\n')).toMatch(/Unknown/);
  });

  test('and cdk-nag still finds an additional wildcard', () => {
    const app = new App({ context });
    const stack = new Stack(app, 'Stack');
    const { trainingRole } = workflow({}, stack);
    trainingRole.addToPrincipalPolicy(new iam.PolicyStatement({ actions: ['s3:*'], resources: ['*'] }));
    expect(findingsOf(app).join('\n')).toMatch(/AwsSolutions-IAM5\[Action::s3:\*]/);
  });
});
