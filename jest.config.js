/**
 * jest runs the TypeScript sources as they are: `tf1` resolves to src through the `tf1-src`
 * condition, and swc takes the types away. Every test file gets its own module registry, so its own
 * default graph and backend.
 */

const swc = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
};

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['tf1-src', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  setupFilesAfterEnv: ['<rootDir>/test/leaks.ts'],
  testSequencer: '<rootDir>/scripts/test_sequencer.js',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  cacheDirectory: '<rootDir>/.cache/jest',
  maxWorkers: 2,
};
