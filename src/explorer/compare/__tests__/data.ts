import type { ColumnData } from '../../../expr';
import { LocalBinner, MemorySource, textColumn } from '../../../table';
import type { IMemoryOptions } from '../../../table/memory';
import { CompareModel, type ICompareOptions } from '../model';
import type { ITableHandle } from '../samples';

export const ROWS = 1200;

/** Numbers that look random and are the same every time. */
export function noise(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function float(values: ArrayLike<number>): ColumnData {
  return { type: 'float', values: Float64Array.from(values), valid: null };
}

/** Redshifts of three parts: test lies higher than train. Every 50th row has none. */
export function catalogue(rows = ROWS): Map<string, ColumnData> {
  const random = noise(7);
  const split = Array.from({ length: rows }, (_, row) => ['train', 'train', 'test', 'validation'][row % 4]);
  const z = Float64Array.from(split, (part, row) =>
    row % 50 === 49 ? NaN : random() * (part === 'test' ? 2 : 1)
  );
  return new Map<string, ColumnData>([
    ['ra', float(Float64Array.from(z, () => 53 + random()))],
    ['dec', float(Float64Array.from(z, () => -28 + random()))],
    ['redshift', float(z)],
    ['i_mag', float(Float64Array.from(z, value => 18 + 6 * random() + (value || 0)))],
    ['split', textColumn(split)],
    ['survey', textColumn(Array.from({ length: rows }, (_, row) => ['VVDS', 'DESI', 'VIPERS'][row % 3]))]
  ]);
}

export const ROLES = { ra: 'ra', dec: 'dec', redshift: 'redshift', split: 'split', survey: 'survey' };

/** The same numbers under other names, and a column of its own. */
export function otherCatalogue(): { columns: Map<string, ColumnData>; options: IMemoryOptions } {
  const own = catalogue(600);
  return {
    columns: new Map<string, ColumnData>([
      ['RAJ2000', own.get('ra')!],
      ['DEJ2000', own.get('dec')!],
      ['zspec', own.get('redshift')!],
      ['I_MAG', own.get('i_mag')!],
      ['quality', own.get('i_mag')!],
      // a name of the first table, with text in the place of numbers
      ['survey', float(new Float64Array(600).fill(3))]
    ]),
    options: {
      name: 'other',
      path: 'data/other.parquet',
      roles: { ra: 'RAJ2000', dec: 'DEJ2000', redshift: 'zspec' }
    }
  };
}

/** Counts what is open: every table and every binner has to be given back. */
export class Watch {
  tables = 0;
  binners = 0;
  made = 0;

  table(key: string, columns = catalogue(), options: IMemoryOptions = {}): ITableHandle {
    const opened = () => (this.tables += 1);
    const closed = () => (this.tables -= 1);
    return {
      key,
      open: () => {
        opened();
        const source = new MemorySource(columns, {
          name: key,
          path: `data/${key}.parquet`,
          roles: ROLES,
          ...options
        });
        source.dispose = closed;
        return source;
      }
    };
  }

  other(): ITableHandle {
    const { columns, options } = otherCatalogue();
    return this.table('other', columns, options);
  }

  readonly createBinner = async () => {
    const binner = new LocalBinner();
    const dispose = binner.dispose.bind(binner);
    this.binners += 1;
    this.made += 1;
    binner.dispose = () => {
      this.binners -= 1;
      dispose();
    };
    return binner;
  };

  async model(options: ICompareOptions): Promise<CompareModel> {
    const model = new CompareModel({ createBinner: this.createBinner, ...options });
    await model.load();
    await model.idle();
    return model;
  }
}
