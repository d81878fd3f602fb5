/** How a product is cited, how it is found again, and how Python reads it. */
import type { IProduct } from '../../api';
import { formatDay } from '../../ui/time';
import { clientLines } from '../client';
import type { IServer } from './model';
import type { IOrigin } from './origin';
import { isTabular } from './words';

/** What the description says under a heading about citation; null if it has none. */
export function citeSection(description: string): string | null {
  const lines = description.split(/\r?\n/);
  const level = (line: string) => /^(#{1,6})\s/.exec(line)?.[1].length ?? 0;
  const start = lines.findIndex(
    line => level(line) > 0 && /\bcit(e|ing|ation)|acknowledg|referenc/i.test(line)
  );
  if (start < 0) {
    return null;
  }
  const after = lines.findIndex(
    (line, i) => i > start && level(line) > 0 && level(line) <= level(lines[start])
  );
  return (
    lines
      .slice(start + 1, after < 0 ? undefined : after)
      .join('\n')
      .trim() || null
  );
}

/** The product in one line, as a reference. */
export function reference(product: IProduct, server: IServer | null): string {
  const where = server && server.kind !== 'engine' ? `, ${server.name}` : '';
  const release = product.release ? `, ${product.release}` : '';
  return `${product.displayName} (${product.internalName}), ${product.typeName}${release}, by ${product.owner}, ${formatDay(product.created)}${where}.`;
}

/** What to cite: the product, what its author asks for, what it was made from, and the server. */
export function citation(product: IProduct, origin: IOrigin | null, server: IServer | null): string {
  const parts = [reference(product, server)];
  const own = citeSection(product.description);
  if (own) {
    parts.push(own);
  }
  const seen = new Set([product.id]);
  const made: string[] = [];
  const visit = (one: IOrigin) => {
    for (const input of one.inputs) {
      if (!seen.has(input.product.id)) {
        seen.add(input.product.id);
        const asked = citeSection(input.product.description);
        made.push(
          `- ${reference(input.product, server)}${asked ? `\n  ${asked.replace(/\n/g, '\n  ')}` : ''}`
        );
      }
      visit(input);
    }
  };
  if (origin) {
    visit(origin);
  }
  if (made.length > 0) {
    parts.push(`Made from:\n${made.join('\n')}`);
  }
  if (server?.kind === 'real' || server?.kind === 'development') {
    parts.push(
      'The PZ Server is run by LIneA (IDAC-Brazil); acknowledge it, INCT do e-Universo (465376/2014-2) and FINEP (0883/24).'
    );
  }
  return parts.join('\n\n');
}

/** What one hands to others: the product's page on the server's web site, or its name where there is none. */
export function shareText(product: IProduct, server: IServer | null): string {
  return server && server.url !== ''
    ? `${server.url.replace(/\/api\/?$/, '')}/product/${encodeURIComponent(product.internalName)}`
    : product.internalName;
}

/** The id or internal name that an address or a text of `shareText` stands for. */
export function sharedName(text: string): string {
  const path = text
    .trim()
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '');
  return decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
}

/** Python that reads the product; the token is asked for, never written. */
export function pythonOf(product: IProduct, server: IServer | null): string {
  const name = JSON.stringify(product.internalName);
  const remote = server !== null && server.kind !== 'engine';
  if (isTabular(product)) {
    return [
      ...(remote
        ? [
            'import os',
            '',
            'import pz_tsm',
            '',
            `os.environ["PZ_TSM_PZSERVER_URL"] = ${JSON.stringify(server.url)}`
          ]
        : ['import pz_tsm', '']),
      `table = pz_tsm.read({"pzserver": ${name}})`,
      ''
    ].join('\n');
  }
  return [...clientLines(server), `server.download_product(${name})`, ''].join('\n');
}
