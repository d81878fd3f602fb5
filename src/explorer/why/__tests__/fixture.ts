import type { ColumnData } from '../../../expr';
import { MemorySource, textColumn } from '../../../table';
import type { IConflicts, ITableSource, IWhy, IWhyMeasurement } from '../../../table/source';

/** Beyond what a double holds. */
const ID = 9007199254740993n;
export const id = (row: number) => String(ID + BigInt(row));

/** Seven measurements of four objects: two in conflict, one that agrees, one measured once. In the order of row_id. */
const ROWS: readonly { object: number; survey: string; z: number; flag: number; verdict: string }[] = [
  { object: 0, survey: 'VVDS', z: 0.6642, flag: 3, verdict: 'won' },
  { object: 0, survey: '2dFGRS', z: 0.6645, flag: 4, verdict: 'lost' },
  { object: 2, survey: 'VVDS', z: 0.7, flag: 4, verdict: 'conflict' },
  { object: 2, survey: '2dFGRS', z: 1.9, flag: 4, verdict: 'conflict' },
  { object: 2, survey: 'COSMOS-Web', z: 0.72, flag: 2, verdict: 'photo-z' },
  { object: 5, survey: 'VVDS', z: 0.1, flag: 3, verdict: 'conflict' },
  { object: 6, survey: '2dFGRS', z: 0.2, flag: 3, verdict: 'single' }
];
const CONFLICTS = [2, 5];
const place = (object: number) => CONFLICTS.indexOf(object);

function agreementOf(object: number): string {
  return place(object) >= 0 ? 'conflict' : object === 6 ? 'single' : 'agree';
}

export function measurement(row: number, other: Partial<IWhyMeasurement> = {}): IWhyMeasurement {
  const { survey, z, flag, verdict } = ROWS[row];
  const isPhotometric = verdict === 'photo-z';
  return {
    row_id: id(row),
    row,
    survey,
    source_product: 'mock_deep',
    source_row_id: String(4000 + row),
    ra: 150.1,
    dec: 2.2,
    east_arcsec: 0.3 * (row % 2),
    north_arcsec: -0.1,
    redshift: z,
    redshift_err: isPhotometric ? 0.05 : 0.0003,
    z_flag_orig: 20 + flag,
    z_flag_homogenized: flag,
    meaning: flag === 4 ? 'secure, secondary' : null,
    rule: `${survey} last digit`,
    rule_status: survey === '2dFGRS' ? 'proposed' : 'checked',
    instrument_type: isPhotometric ? 'p' : 's',
    spec_class: 'GALAXY',
    is_secondary: false,
    confidence: null,
    verdict,
    decided_by: 'z_flag_homogenized',
    decided_value: String(flag),
    rival_value: null,
    rival: null,
    rival_sep: null,
    rival_dz: null,
    is_best: verdict === 'won' || verdict === 'single',
    sentence: `It ${verdict}, by its flag.`,
    decision: null,
    ...other
  };
}

export function why(rowId: string): IWhy {
  const { object } = ROWS[Number(BigInt(rowId) - ID)];
  const measurements = ROWS.flatMap((row, i) => (row.object === object ? [measurement(i)] : []));
  const at = place(object);
  return {
    row_id: rowId,
    group_id: id(object),
    n_meas: measurements.length,
    n_secure: measurements.filter(one => one.instrument_type === 's').length,
    agreement: agreementOf(object),
    chain_arcsec: 0.3,
    radius_arcsec: 0.75,
    policy: 'default',
    ra: 150.1,
    dec: 2.2,
    best: measurements.find(one => one.is_best)?.row_id ?? null,
    criteria: [{ by: 'instrument_type' }, { by: 'z_flag_homogenized', tolerance: null }],
    tolerance: { s: 0.005, g: 0.01, p: 0.15 },
    sentence: `The object of ${measurements[0].survey} at ${measurements[0].redshift}.`,
    conflict_place: {
      place: at < 0 ? null : at + 1,
      total: CONFLICTS.length,
      previous: at > 0 ? id(CONFLICTS[at - 1]) : null,
      next: at >= 0 && at + 1 < CONFLICTS.length ? id(CONFLICTS[at + 1]) : null
    },
    measurements
  };
}

export function conflicts(start: number, count: number): IConflicts {
  const all = CONFLICTS.map(object => ({
    group_id: id(object),
    row_id: id(object),
    ra: 150.1,
    dec: 2.2,
    n_meas: why(id(object)).n_meas,
    n_secure: 2,
    z_spread: 0.5217,
    surveys: ROWS.filter(row => row.object === object)
      .map(({ survey }) => survey)
      .join(', '),
    redshifts: ROWS.filter(row => row.object === object)
      .map(({ z }) => z)
      .join(', ')
  }));
  return { total: all.length, conflicts: all.slice(start, start + count) };
}

export type Explaining = ITableSource & {
  why: jest.Mock<Promise<IWhy>, [string, AbortSignal?]>;
  conflicts: jest.Mock<Promise<IConflicts>, [number, number, AbortSignal?]>;
};

/** The combined table, with answers to why. */
export function combined(): Explaining {
  const ids = (make: (row: number) => bigint): ColumnData => ({
    type: 'int',
    values: BigInt64Array.from(ROWS, (_, row) => make(row)),
    valid: null
  });
  const source = new MemorySource(
    new Map<string, ColumnData>([
      ['row_id', ids(row => ID + BigInt(row))],
      ['group_id', ids(row => ID + BigInt(ROWS[row].object))],
      ['redshift', { type: 'float', values: Float64Array.from(ROWS, ({ z }) => z), valid: null }],
      ['survey', textColumn(ROWS.map(({ survey }) => survey))],
      ['verdict', textColumn(ROWS.map(({ verdict }) => verdict))],
      ['agreement', textColumn(ROWS.map(({ object }) => agreementOf(object)))]
    ]),
    { name: 'combined', roles: { id: 'row_id', redshift: 'redshift', survey: 'survey', group: 'group_id' } }
  );
  return Object.assign(source, {
    why: jest.fn(async (rowId: string) => why(rowId)),
    conflicts: jest.fn(async (start: number, count: number) => conflicts(start, count))
  });
}
