/**
 * Chromium over a pipe, without Playwright, which has the browser keep the bodies of what it fetches: that would be
 * measured as memory of the page.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Chromium {
  constructor(flags) {
    this.home = mkdtempSync(join(tmpdir(), 'tsm-bench-browser-'));
    const args = [
      '--headless=new',
      '--window-size=1440,900',
      '--remote-debugging-pipe',
      `--user-data-dir=${this.home}`,
      ...flags,
      'about:blank'
    ];
    this.process = spawn('/usr/bin/chromium', args, {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe']
    });
    this.process.stdio[4].setEncoding('utf-8');
    let rest = '';
    this.process.stdio[4].on('data', data => {
      const messages = (rest + data).split('\0');
      rest = messages.pop();
      messages.forEach(text => this.hear(JSON.parse(text)));
    });
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    this.process.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => this.open.set(id, { resolve, reject }));
  }

  hear({ id, result, error, method, params }) {
    if (id !== undefined) {
      const { resolve, reject } = this.open.get(id);
      this.open.delete(id);
      return error ? reject(new Error(error.message)) : resolve(result);
    }
    if (method === 'Target.attachedToTarget' && params.targetInfo.type === 'worker') {
      this.workers.add(params.sessionId);
    } else if (method === 'Target.detachedFromTarget') {
      this.workers.delete(params.sessionId);
    }
  }

  /** A page at an address, in which a script runs first. */
  async page(url, script) {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    const send = (method, params) => this.send(method, params, sessionId);
    await send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
    await send('Page.enable');
    await send('Page.addScriptToEvaluateOnNewDocument', { source: readFileSync(script, 'utf-8') });
    await send('Page.navigate', { url });
    /** Call a function in the page; what it returns, or resolves with. */
    const evaluate = async (act, ...args) => {
      const expression = `(${act})(...${JSON.stringify(args)})`;
      const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      if (answer.exceptionDetails) {
        throw new Error(answer.exceptionDetails.exception?.description ?? answer.exceptionDetails.text);
      }
      return answer.result.value;
    };
    return { evaluate, collect: () => this.collect(sessionId) };
  }

  collect(sessionId) {
    return Promise.all(
      [sessionId, ...this.workers].map(each =>
        this.send('HeapProfiler.collectGarbage', {}, each).catch(() => {})
      )
    );
  }

  /** Proportional set size of all renderers, in bytes. */
  async held() {
    const { processInfo } = await this.send('SystemInfo.getProcessInfo');
    return processInfo
      .filter(({ type }) => type === 'renderer')
      .map(({ id }) => readFileSync(`/proc/${id}/smaps_rollup`, 'utf-8'))
      .reduce((sum, text) => sum + 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(text)[1]), 0);
  }

  async close() {
    const ended = new Promise(resolve => this.process.once('exit', resolve));
    this.send('Browser.close').catch(() => {});
    await ended;
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  last = 0;
  open = new Map();
  workers = new Set();
}
