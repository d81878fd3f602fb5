import { existsSync, mkdtempSync } from 'fs';
import { tmpdir } from 'os';
import { join } from 'path';

import baseConfig from '@jupyterlab/galata/lib/playwright-config';
import { defineConfig } from '@playwright/test';

const root = join(__dirname, '..');
const python = join(root, '.venv', 'bin', 'python');
const port = process.env.TSM_UI_PORT ?? '8797';
const address = `http://127.0.0.1:${port}`;

// the dark and the large ones of tests that run in both themes and on two screens, and what takes long
const FULL = /JupyterLab Dark|at 1920|@full/;

// this file is read by each worker too: they find here what the first reading left
process.env.TSM_UI_PYTHON ??= existsSync(python) ? python : 'python';
process.env.TSM_UI_HOME ??= mkdtempSync(join(tmpdir(), 'tsm-ui-'));

export default defineConfig({
  ...baseConfig,
  testDir: './tests',
  outputDir: './results',
  reporter: 'list',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  // the story begins with an engine that holds nothing, so it comes first; `full` is for `make test-full`
  projects: [
    { name: 'story', testMatch: 'story.spec.ts' },
    { name: 'parts', testIgnore: 'story.spec.ts', grepInvert: FULL },
    { name: 'full', testIgnore: 'story.spec.ts', grep: FULL }
  ],
  use: {
    baseURL: address,
    viewport: { width: 1280, height: 800 },
    video: 'off',
    trace: 'off',
    launchOptions: {
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']
    }
  },
  webServer: {
    command: `${process.env.TSM_UI_PYTHON} -m jupyterlab --config ui-tests/jupyter_server_test_config.py`,
    cwd: root,
    url: `${address}/lab`,
    timeout: 180_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 15_000 },
    env: { ...(process.env as Record<string, string>), TSM_UI_PORT: port }
  }
});
