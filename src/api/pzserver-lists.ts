/** Lists of the PZ Server, read to their end: it cuts them at its page size and says nothing. */
import type { Client } from './client';
import { AnswerError } from './errors';
import { type Check, checkList } from './validate';

/**
 * The names that the server's lists know. It ignores any other without a word and returns everything, so no
 * other can be sent.
 */
export type ListQuery = {
  readonly [
    name in
      | 'id'
      | 'name'
      | 'internal_name'
      | 'search'
      | 'ordering'
      | 'status'
      | 'status__in'
      | 'release'
      | 'release__isnull'
      | 'official_product'
      | 'product_type_name'
      | 'uploaded_by'
      | 'product'
      | 'product_id'
      | 'upload'
  ]?: string | number | boolean;
};

const PAGE = 100;
/** More pages than this are a server that counts wrongly. */
const MOST_PAGES = 1000;

/**
 * All items of a list. What moves from page to page while they are read is there once; a list that became shorter
 * meanwhile ends where the server says that there is no such page.
 */
export async function readAll<T extends object>(
  client: Client,
  what: string,
  path: string,
  query: ListQuery,
  check: Check<T>,
  signal?: AbortSignal
): Promise<T[]> {
  const found = new Map<unknown, T>();
  let read = 0;
  for (let page = 1; page <= MOST_PAGES; page++) {
    let value: unknown;
    try {
      value = await client.json<unknown>(what, path, {
        query: { ...query, page, page_size: PAGE },
        signal
      });
    } catch (error) {
      if (page > 1 && error instanceof AnswerError && error.status === 404) {
        break;
      }
      throw error;
    }
    const list = checkList(value);
    read += list.results.length;
    list.results.map(check).forEach((item, index) => {
      found.set('id' in item ? item.id : `${page}/${index}`, item);
    });
    if (read >= list.count || list.results.length === 0) {
      break;
    }
  }
  return [...found.values()];
}
