/* global window */
/** What a brush asks, asked of duckdb-wasm: per move five views' counts and the number of rows that pass. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

import { median, quantile } from './lab.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const KINDS = {
  '.html': 'text/html',
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm'
};

/** `ipc`: an Arrow stream of the columns; `ranges`: the redshifts of each move. */
export async function duckdb(browser, config, { ipc, ranges }) {
  const server = serve(config.duckdb, ipc);
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/duckdb.html`);
    await page.waitForFunction(() => window.duckdb !== undefined);
    const times = await page.evaluate(measure, ranges);
    return { n: times.length, p50: median(times), p95: quantile(times, 0.95) };
  } finally {
    await context.close();
    server.close();
  }
}

async function measure(ranges) {
  const { AsyncDuckDB, VoidLogger } = window.duckdb;
  const dist = '/node_modules/@duckdb/duckdb-wasm/dist';
  const db = new AsyncDuckDB(new VoidLogger(), new window.Worker(`${dist}/duckdb-browser-eh.worker.js`));
  await db.instantiate(new URL(`${dist}/duckdb-eh.wasm`, window.location.href).href);
  const connection = await db.connect();
  const body = await fetch('/columns').then(reply => reply.arrayBuffer());
  await connection.insertArrowFromIPCStream(new Uint8Array(body), { name: 't', create: true });
  const passing = 'redshift BETWEEN ? AND ?';
  const bin = (name, low, high, bins) =>
    `CAST(floor((${name} - ${low}) * ${bins / (high - low)}) AS INTEGER)`;
  const counted = (...keys) =>
    `SELECT ${keys.join(', ')}, count(*)::INTEGER FROM t WHERE ${passing} GROUP BY ${keys.map((_, i) => i + 1).join(', ')}`;
  const queries = [
    counted(bin('ra', 0, 360, 140), bin('dec', -90, 90, 70)),
    counted(bin('(g_mag - i_mag)', -1, 2.5, 110), bin('i_mag', 15, 27.5, 110)),
    counted('z_flag'),
    counted(bin('i_mag', 15, 27.5, 80)),
    counted(bin('redshift_err', 0, 0.01, 80)),
    `SELECT count(*)::INTEGER FROM t WHERE ${passing}`
  ];
  const prepared = await Promise.all(queries.map(query => connection.prepare(query)));
  const times = [];
  for (const [low, high] of ranges) {
    const start = performance.now();
    for (const statement of prepared) {
      await statement.query(low, high);
    }
    times.push(performance.now() - start);
  }
  await connection.close();
  await db.terminate();
  return times.slice(2);
}

function serve(modules, ipc) {
  return createServer((request, response) => {
    const path = normalize(new URL(request.url, 'http://localhost').pathname);
    const file =
      path === '/columns'
        ? ipc
        : path.startsWith('/node_modules/')
          ? join(dirname(modules), path)
          : join(HERE, path);
    if (!existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'Content-Type': KINDS[extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
  });
}
