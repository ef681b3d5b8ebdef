export type { CategoryEncoding } from './features';
export type { ProblemType } from './label';
export { bytesOf, CHANNELS, checkFolder, hasFiles, TEST } from './local-folder';
export { type Manifest, summaryOf } from './manifest';
export { prepareTable } from './prepare-table';
export type { Output } from './progress';
export { splitFolder } from './split-folder';
