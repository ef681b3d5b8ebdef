import { templatesOfVariants } from './templates';

// Runs in a separate process with another version of aws-cdk-lib.
process.stdout.write(JSON.stringify(templatesOfVariants()));
