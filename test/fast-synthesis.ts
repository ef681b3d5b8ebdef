/**
 * Environment variables with which the apps of a test file synthesize in half the time. They disable what the tests do
 * not read:
 *
 * - the CDK's validation of templates, which takes each test file 2 to 5 seconds to load. `nag.test.ts` runs it for every
 *   kind of template.
 * - the stack traces of constructs.
 * - copies of assets, except in the tests of local mode, which runs the copies.
 */
export function fastSynthesis(isLocalMode: boolean): Readonly<Record<string, string>> {
  return {
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({
      'aws:cdk:disable-creation-stack-traces': true,
      'aws:cdk:disable-asset-staging': !isLocalMode,
    }),
  };
}
