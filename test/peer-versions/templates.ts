import { readFileSync } from 'node:fs';
import type { Json } from '../fixtures';
import { VARIANTS } from '../variants';

/** The templates of all variants, without the code and architecture of aws-cdk-lib's upload function. */
export function templatesOfVariants(): Json {
  const entries = VARIANTS.map(({ name, app }) => {
    const { stacks } = app().synth();
    return [name, stacks.map(({ templateFullPath }) => readTemplate(templateFullPath))];
  });
  return Object.fromEntries(entries);
}

function readTemplate(path: string): Json {
  const template = JSON.parse(readFileSync(path, 'utf8'));
  for (const [logicalId, { Properties }] of Object.entries<Json>(template.Resources)) {
    if (logicalId.startsWith('CustomCDKBucketDeployment') && Properties.Code) {
      delete Properties.Code.S3Key;
      delete Properties.Architectures;
    }
    if (/AwsCliLayer.{8}$/.test(logicalId)) delete Properties.Content.S3Key;
  }
  return template;
}
