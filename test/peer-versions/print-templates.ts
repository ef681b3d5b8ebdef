import { templatesOfVariants } from './templates';

// For a process of its own, in which aws-cdk-lib is another version.
process.stdout.write(JSON.stringify(templatesOfVariants()));
