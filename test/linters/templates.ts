import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { UNKNOWN_REGION } from 'aws-cdk-lib/cx-api';
import { ModelPlatformStack } from '../../examples/jest/model-platform-stack';
import type { Json } from '../fixtures';
import { VARIANTS } from '../variants';

/** A template and its source. */
export interface NamedTemplate {
  /** The source, such as `TuningWorkflow with a VPC, anywhere` or `examples/script`. */
  readonly name: string;
  readonly template: Json;
  /** The Region that the template was synthesized for. @default any */
  readonly region?: string;
}

const PROJECT = resolve(__dirname, '../..');
const EXAMPLES = join(PROJECT, 'examples');

/** The templates of all variants and of all examples. */
export function allTemplates(): NamedTemplate[] {
  const examples = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^[^/\\]+[/\\]app\.ts$/.test(file))
    .map((file) => join(EXAMPLES, file));
  return [
    ...VARIANTS.flatMap(({ name, app }) => templatesOf(name, app())),
    ...examples.flatMap(exampleTemplates),
    ...templatesOf('examples/jest', platformApp()),
  ];
}

function platformApp(): App {
  const app = new App();
  new ModelPlatformStack(app, 'ModelPlatform');
  return app;
}

function templatesOf(name: string, app: App): NamedTemplate[] {
  const assembly = app.synth();
  const templates = assembly.stacks.map(({ template, environment: { region } }) => ({
    name,
    template,
    ...(region !== UNKNOWN_REGION && { region }),
  }));
  rmSync(assembly.directory, { recursive: true, force: true });
  return templates;
}

/**
 * Runs the app of an example as the CDK CLI does. Because CDK_OUTDIR is set, the app synthesizes when its process ends.
 */
function exampleTemplates(file: string): NamedTemplate[] {
  const outdir = mkdtempSync(join(tmpdir(), 'example-'));
  const before = process.listeners('beforeExit');
  process.env['CDK_OUTDIR'] = outdir;
  try {
    require(file);
    for (const synthesize of process.listeners('beforeExit')) {
      if (before.includes(synthesize)) continue;
      synthesize(0);
      process.removeListener('beforeExit', synthesize);
    }
    return readdirSync(outdir)
      .filter((name) => name.endsWith('.template.json'))
      .map((name) => ({
        name: relative(PROJECT, join(file, '..')),
        template: JSON.parse(readFileSync(join(outdir, name), 'utf8')),
      }));
  } finally {
    delete process.env['CDK_OUTDIR'];
    rmSync(outdir, { recursive: true, force: true });
  }
}
