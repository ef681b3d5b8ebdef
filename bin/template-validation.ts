import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  CloudFormationValidatePlugin,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
} from 'aws-cdk-lib';
import { version as CDK_VERSION } from 'aws-cdk-lib/package.json';

const FILE = join(__dirname, '..', 'node_modules', '.cache', 'cdk-sagemaker-tuning', 'valid-templates.json');

/** Number of sets of templates to remember. Each combination of settings produces a different set. */
const REMEMBERED = 20;

/** Key of each set of templates without findings → version of the validation engine. The most recent set is first. */
type Remembered = Readonly<Record<string, string>>;

/**
 * The CDK's template validation. It loads an engine of 9 MB, which takes most of the time of a synth. Templates without
 * findings are therefore not validated again on the same day.
 */
export class TemplateValidation extends CloudFormationValidatePlugin {
  private engineVersion: string | undefined;

  /** @param file file that remembers templates without findings */
  constructor(private readonly file: string = FILE) {
    super();
  }

  /** Version of the engine. For remembered templates, it is read from the cache file, and the engine is not loaded. */
  override get version(): string | undefined {
    return this.engineVersion ?? super.version;
  }

  override validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    const key = keyOf(context);
    const remembered = this.read();
    this.engineVersion = remembered[key];
    if (this.engineVersion !== undefined) return { success: true, violations: [] };
    const report = super.validate(context);
    if (report.violations.length === 0 && super.version !== undefined) {
      const all = [[key, super.version], ...Object.entries(remembered)];
      this.write(Object.fromEntries(all.slice(0, REMEMBERED)));
    }
    return report;
  }

  private read(): Remembered {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Remembered;
    } catch {
      return {}; // The file does not exist yet, or it cannot be read.
    }
  }

  private write(remembered: Remembered): void {
    const unfinished = `${this.file}.${process.pid}`;
    mkdirSync(dirname(this.file), { recursive: true });
    writeFileSync(unfinished, JSON.stringify(remembered));
    renameSync(unfinished, this.file);
  }
}

/**
 * Key with everything that the findings depend on. These are the templates and their environments, the release of the CDK
 * (which contains the rules and the engine), and the day (because the engine reports runtimes by their deprecation date).
 */
function keyOf({ stackTemplates }: IPolicyValidationContext): string {
  const day = new Date().toISOString().slice(0, 10);
  const stacks = stackTemplates.map(({ templatePath, ...stack }) => ({
    ...stack,
    file: basename(templatePath),
    template: readFileSync(templatePath, 'utf8'),
  }));
  return createHash('sha256')
    .update(JSON.stringify([CDK_VERSION, day, stacks]))
    .digest('hex');
}
