const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  // Many tests wait for other processes: two at a time on two cores, too.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  roots: ['<rootDir>/test', '<rootDir>/local/test', '<rootDir>/examples'],
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  testMatch: ['**/*.test.ts'],
  // TypeScript first: `npm run build` leaves compiled JavaScript beside lib/*.ts.
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  // The package's source, not what was built of it.
  moduleNameMapper: {
    '^cdk-sagemaker-tuning-local$': '<rootDir>/local/src',
    // d3 as Jest can load it: what Node finds are ES modules.
    '^d3-([a-z-]+)$': '<rootDir>/node_modules/d3-$1/dist/d3-$1.js',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local', '<rootDir>/dist'],
};
