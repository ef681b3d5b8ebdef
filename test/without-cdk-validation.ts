// Without this setting, each test file that synthesizes would load the CDK's template validation, which takes 2 to 5
// seconds. `nag.test.ts` runs the validation for every kind of template.
process.env['CDK_VALIDATION'] = 'false';
