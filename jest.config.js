// Plain jest with swc: quick, no babel. Tests run in node; a test that needs a page starts with
//   /** @jest-environment jsdom */
// Packages that ship ES modules only have to be transformed as well.
const esModules = [
  '@codemirror',
  '@jupyter',
  '@jupyterlab',
  '@jupyter-widgets',
  '@lezer',
  '@marijn',
  '@microsoft',
  '@rjsf',
  'color-name',
  'crelt',
  'd3-[^/]+',
  'delaunator',
  'exenv-es6',
  'internmap',
  'json-stringify-pretty-compact',
  'lib0',
  'nanoid',
  'robust-predicates',
  'style-mod',
  'uuid',
  'vscode-ws-jsonrpc',
  'vega[^/]*',
  'w3c-keyname',
  'y-[^/]+',
  'yjs'
];

const base = {
  testEnvironment: 'node',
  transform: {
    '\\.(m?js|cjs|jsx|ts|tsx)$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        module: { type: 'commonjs' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } }
        }
      }
    ]
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join('|')})(/|$))`],
  moduleNameMapper: {
    '\\.(css|less|sass|scss)$': '<rootDir>/scripts/jest/empty.js',
    '\\.svg(\\?.*)?$': '<rootDir>/scripts/jest/svg.js'
  },
  modulePathIgnorePatterns: [
    '<rootDir>/pz_tsm/labextension',
    '<rootDir>/ui-tests',
    '<rootDir>/lib',
    '<rootDir>/dist',
    '<rootDir>/.venv',
    '<rootDir>/.tsm',
    '<rootDir>/.cache'
  ],
  setupFiles: ['<rootDir>/scripts/jest/setup.js']
};

// Two projects: `unit` needs nothing; `api-engine` talks to a real engine that scripts/test.py started
// (TSM_ENGINE_URL, TSM_ENGINE_TOKEN). `jlpm test` runs the first, `jlpm test --selectProjects api-engine` the second.
const projects = [
  {
    ...base,
    displayName: 'unit',
    rootDir: __dirname,
    testMatch: ['<rootDir>/src/**/__tests__/**/*.(test|spec).(ts|tsx)'],
    testPathIgnorePatterns: ['\\.engine\\.(test|spec)\\.tsx?$']
  },
  {
    ...base,
    displayName: 'api-engine',
    rootDir: __dirname,
    testMatch: ['<rootDir>/src/**/__tests__/**/*.engine.(test|spec).(ts|tsx)']
  }
];

module.exports = {
  cacheDirectory: '<rootDir>/.cache/jest',
  projects: projects.map(project => ({ ...project, cacheDirectory: '<rootDir>/.cache/jest' }))
};
