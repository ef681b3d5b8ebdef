const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  // Many tests wait for other processes, so Jest uses at least two workers, even on two cores.
  maxWorkers: Math.max(2, availableParallelism() - 1),
  roots: ['<rootDir>/test', '<rootDir>/local/test', '<rootDir>/examples'],
  globalSetup: '<rootDir>/test/global-setup.ts',
  globalTeardown: '<rootDir>/test/global-teardown.ts',
  testEnvironment: '<rootDir>/test/environment.ts',
  // Most tests take seconds. The long timeout is for machines that run other programs at the same time.
  testTimeout: 300_000,
  testMatch: ['**/*.test.ts'],
  // TypeScript first, because `npm run build` writes compiled JavaScript next to lib/*.ts.
  moduleFileExtensions: ['ts', 'js', 'json', 'node'],
  // Tests import the source of cdk-sagemaker-tuning-local, not its build.
  moduleNameMapper: {
    '^cdk-sagemaker-tuning-local$': '<rootDir>/local/src',
    // Jest cannot load the ES modules of d3 that Node.js would find, so it loads d3's bundled builds.
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
