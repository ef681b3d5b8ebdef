import { templatesOfVariants } from './templates';

// Runs in its own process, with another version of aws-cdk-lib.
process.stdout.write(JSON.stringify(templatesOfVariants()));
