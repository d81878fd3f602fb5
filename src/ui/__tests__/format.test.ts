import type { IColumnInfo } from '../../table/source';
import {
  formatBytes,
  formatCount,
  formatShare,
  formatTick,
  formatValue,
  quantityOf,
  shortCount
} from '../format';
import { categoryColour, NEUTRAL } from '../palette';

const column = (name: string, extra: Partial<IColumnInfo> = {}): IColumnInfo => ({
  name,
  type: 'float',
  arrow: 'double',
  nulls: 0,
  ...extra
});

describe('numbers as the field writes them', () => {
  it.each([
    [0.66421, 'redshift', '0.6642'],
    [53.1234567, 'degrees', '53.123457'],
    [22.5, 'magnitude', '22.500'],
    [12, 'other', '12'],
    [0.000012345, 'other', '1.234e-5'],
    [NaN, 'magnitude', 'NaN'],
    [9007199254740993n, 'other', '9007199254740993'],
    [1.2345e17, 'id', '123450000000000000'],
    [1.5e22, 'id', '15000000000000000000000'],
    [1.2341e17, 'other', '1.234e17'],
    [null, 'redshift', '']
  ] as const)('%p as %s is %s', (value, quantity, text) => {
    expect(formatValue(value, quantity)).toBe(text);
  });

  it('writes sizes with as many digits as say something', () => {
    expect([965, 1465, 48_000_000, null].map(formatBytes)).toEqual(['965 B', '1.5 kB', '48 MB', '']);
  });

  it('knows what a column measures by role, UCD, unit or name', () => {
    expect(quantityOf(column('zz'), { redshift: 'zz' })).toBe('redshift');
    expect(quantityOf(column('z', { ucd: 'src.redshift' }))).toBe('redshift');
    expect(quantityOf(column('RAJ2000', { unit: 'deg' }))).toBe('degrees');
    expect(quantityOf(column('i_cModelMag'))).toBe('magnitude');
    expect(quantityOf(column('mag', { type: 'int' }))).toBe('other');
    expect(quantityOf(column('magnification'))).toBe('other');
  });

  it.each(['id', 'objectId', 'source_id', 'TARGETID', 'specObjID', 'id_2'])('%s is an identifier', name =>
    expect(quantityOf(column(name))).toBe('id')
  );

  it.each(['valid', 'width', 'residual', 'grid_x', 'idle'])('%s is none', name =>
    expect(quantityOf(column(name))).toBe('other')
  );

  it('counts, shares and ticks', () => {
    expect(formatCount(47219)).toBe('47,219');
    expect(formatShare(1, 1000)).toBe('0.1 %');
    expect(formatShare(999, 1000)).toBe('99.9 %');
    expect(formatShare(0, 0)).toBe('0 %');
    expect(shortCount(18900)).toBe('18.9k');
    expect(formatTick(0.5, 0.25)).toBe('0.5');
    expect(formatTick(0.25, 0.05)).toBe('0.25');
  });

  it('gives parts and verdicts the same colour everywhere, and null none', () => {
    expect(categoryColour('train', 0)).toBe(categoryColour('train', 7));
    expect(categoryColour(null, 0)).toBe(NEUTRAL);
    expect(categoryColour('VVDS', 0)).not.toBe(categoryColour('VIPERS', 1));
  });
});
