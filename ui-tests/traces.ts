/** Looks for a secret in all that a session leaves: in the browser, on the wire, and on disk. */
import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

import type { BrowserContext, Page, Request, Response } from '@playwright/test';

/** What a secret may look like. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  // base64 of a text that has it at some place: the characters that stand for its bytes alone
  const base64 = [0, 1, 2].map(before => {
    const coded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return coded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [
    secret,
    encodeURIComponent(secret),
    bytes.toString('hex'),
    [...bytes].map(byte => `%${byte.toString(16)}`).join(''),
    ...base64.flatMap(text => [text, text.replace(/\+/g, '-').replace(/\//g, '_')])
  ];
  return [...new Set(forms)];
}

/** All that the pages of a browser send and get from now on. */
export class Traces {
  constructor(private readonly _context: BrowserContext) {
    _context.on('request', request => this._requests.push(request));
    _context.on('response', response => this._responses.push({ response, body: bodyOf(response) }));
    _context.pages().forEach(page => this._listen(page));
    _context.on('page', page => this._listen(page));
  }

  /** Where the secret was seen, each place once: requests, answers, messages, and what the browser holds. */
  async seen(secret: string): Promise<string[]> {
    const forms = formsOf(secret);
    const found: string[] = [];
    const look = (place: string, what: string | Buffer | null) => {
      if (what !== null && forms.some(form => what.includes(form))) {
        found.push(place);
      }
    };
    for (const request of this._requests) {
      const name = `${request.method()} ${new URL(request.url()).pathname}`;
      look(`address of ${name}`, request.url());
      look(`headers of ${name}`, JSON.stringify(await request.allHeaders().catch(() => request.headers())));
      look(`body of ${name}`, request.postDataBuffer());
    }
    for (const { response, body } of this._responses) {
      const name = `${response.request().method()} ${new URL(response.url()).pathname}`;
      look(`answer's headers to ${name}`, JSON.stringify(response.headers()));
      look(`answer to ${name}`, await body);
    }
    this._frames.forEach(frame => look('a message of a websocket', frame));
    for (const page of this._context.pages()) {
      for (const [place, text] of await held(page)) {
        look(place, text);
      }
    }
    look('cookies', JSON.stringify(await this._context.cookies()));
    return [...new Set(found)];
  }

  /** How many requests, answers and messages there were. */
  get count(): { requests: number; answers: number; messages: number } {
    return {
      requests: this._requests.length,
      answers: this._responses.length,
      messages: this._frames.length
    };
  }

  private _listen(page: Page): void {
    page.on('websocket', socket => {
      socket.on('framesent', ({ payload }) => this._frames.push(payload));
      socket.on('framereceived', ({ payload }) => this._frames.push(payload));
    });
  }

  private readonly _requests: Request[] = [];
  private readonly _responses: { readonly response: Response; readonly body: Promise<Buffer | null> }[] = [];
  private readonly _frames: (string | Buffer)[] = [];
}

function bodyOf(response: Response): Promise<Buffer | null> {
  return response.body().catch(() => null); // a redirect, or a page that was left, has none
}

/** What a page and its storage hold: [place, text]. */
function held(page: Page): Promise<[string, string][]> {
  return page.evaluate(async () => {
    const wait = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const databases: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await wait(indexedDB.open(name!));
      for (const store of Array.from(database.objectStoreNames)) {
        const rows = database.transaction(store).objectStore(store);
        databases.push([name, store, await wait(rows.getAllKeys()), await wait(rows.getAll())]);
      }
      database.close();
    }
    const fields = Array.from(document.querySelectorAll<HTMLInputElement>('input, textarea, select'));
    return [
      ['localStorage', JSON.stringify(localStorage)],
      ['sessionStorage', JSON.stringify(sessionStorage)],
      ['IndexedDB', JSON.stringify(databases)],
      ['the page', document.documentElement.outerHTML],
      ['fields of the page', JSON.stringify(fields.map(field => field.value))],
      ['the page’s address', location.href]
    ] as [string, string][];
  });
}

/** Files below a folder in which, or in whose names, the secret is, by their paths in it. */
export function filesWith(secret: string, folder: string): string[] {
  const forms = formsOf(secret);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map(entry => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ entry, path }) => {
      const content = entry.isFile() ? readFileSync(path) : Buffer.alloc(0);
      return forms.some(form => path.includes(form) || content.includes(form));
    })
    .map(({ path }) => path.slice(folder.length + 1))
    .sort();
}
