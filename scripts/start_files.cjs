// Which files of a built extension JupyterLab loads when it starts: load its entry as JupyterLab does, in a page that
// only notes which scripts are asked for. Prints their names, one a line.
//
//   node scripts/start_files.cjs FOLDER     FOLDER: static/ of the built extension
const { readdirSync, readFileSync } = require('fs');
const { join } = require('path');
const { createContext, runInContext } = require('vm');

const folder = process.argv[2];
const core = require('@jupyterlab/core-meta/core.package.json');
const { jupyterlab, name } = require('../package.json');

const names = [];
const page = {
  console,
  setTimeout: () => 0,
  clearTimeout: () => undefined,
  location: { href: 'http://jupyter/' }
};
page.self = page.window = page;
page.document = {
  baseURI: 'http://jupyter/',
  currentScript: { tagName: 'SCRIPT', src: 'http://jupyter/remoteEntry.js' },
  getElementsByTagName: () => [],
  createElement: () => ({ setAttribute: () => undefined }),
  head: {
    appendChild(script) {
      load(new URL(script.src).pathname.slice(1));
      script.onload({ type: 'load', target: script });
    }
  }
};
createContext(page);

function load(file) {
  names.push(file);
  runInContext(readFileSync(join(folder, file), 'utf8'), page, { filename: file });
}

/** What JupyterLab itself shares: empty modules will do, as nothing is run. */
function shared() {
  const ours = Object.keys(jupyterlab.sharedPackages).filter(key => jupyterlab.sharedPackages[key]);
  const theirs = [...Object.keys(core.dependencies), ...core.jupyterlab.singletonPackages];
  const one = { get: async () => () => ({}), from: 'jupyterlab', loaded: 1 };
  return Object.fromEntries([...ours, ...theirs].map(key => [key, { '999.0.0': one }]));
}

async function main() {
  page.console = { ...console, warn: () => undefined }; // every version there is older than 999
  load(readdirSync(folder).find(file => file.startsWith('remoteEntry.')));
  const entry = page._JUPYTERLAB[name];
  await entry.init(shared());
  await entry.get('./extension');
  const { _build } = JSON.parse(readFileSync(join(folder, '..', 'package.json'), 'utf8')).jupyterlab;
  if (_build.style) {
    await entry.get(_build.style);
  }
  console.log(names.join('\n'));
}

main();
