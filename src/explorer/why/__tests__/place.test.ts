import type { ColumnData } from '../../../expr';
import { MemorySource, textColumn } from '../../../table';
import { decodeColumns } from '../../../table/decode';
import type { IQuery } from '../../../table/windows';
import { find } from '../place';

const ROWS = 60;
const BASE = 9007199254740993n;

/** Ids in any order, values that repeat, and some that are absent. */
function table(shuffled: boolean): MemorySource {
  const at = (row: number) => (shuffled ? (row * 37) % ROWS : row);
  return new MemorySource(
    new Map<string, ColumnData>([
      [
        'row_id',
        {
          type: 'int',
          values: BigInt64Array.from(
            { length: ROWS },
            (_, row) => (at(row) - 30 < 0 ? -BASE : BASE) + BigInt(at(row))
          ),
          valid: null
        }
      ],
      [
        'z err',
        {
          type: 'float',
          values: Float64Array.from({ length: ROWS }, (_, row) => (row % 7) / 10),
          valid: Uint8Array.from({ length: ROWS }, (_, row) => (row % 5 === 0 ? 0 : 1))
        }
      ],
      [
        'survey',
        textColumn(Array.from({ length: ROWS }, (_, row) => (row % 11 === 0 ? null : `S${row % 3}`)))
      ]
    ])
  );
}

const QUERIES: IQuery[] = [
  {},
  { where: '"z err" > 0.2' },
  { search: 'S1' },
  { sort: { column: 'z err', descending: false } },
  { sort: { column: 'z err', descending: true }, where: '"z err" < 0.5 OR survey IS NULL' },
  { sort: { column: 'survey', descending: false }, search: 's' },
  { sort: { column: 'survey', descending: true } },
  { sort: { column: 'row_id', descending: true } }
];

describe.each([
  ['in the order of its ids', false],
  ['in another order', true]
])('in a table %s', (_, shuffled) => {
  it.each(QUERIES)('each row is found where it stands: %j', async query => {
    const source = table(shuffled);
    const ids = async (asked: IQuery) => {
      const { columns } = decodeColumns((await source.window({ ...asked, start: 0, count: ROWS })).ipc);
      const column = columns.get('row_id') as { values: BigInt64Array };
      return [...column.values].map(String);
    };
    const shown = await ids(query);
    for (const rowId of await ids({})) {
      const found = await find(source, query, rowId);
      const place = shown.indexOf(rowId);
      expect(String(found?.values.get('row_id'))).toBe(rowId);
      expect([rowId, found?.passes, found?.place]).toEqual([rowId, place >= 0, place < 0 ? null : place]);
    }
  });
});

it('says that there is no such row', async () => {
  await expect(find(table(false), {}, '12')).resolves.toBeNull();
});
