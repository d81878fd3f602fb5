import type { IColumnInfo } from '../../table/source';
import { colourMagnitude, defaultViews } from '../defaults';
import { columnsFor } from '../Views';

const column = (name: string, more: Partial<IColumnInfo> = {}): IColumnInfo => ({
  name,
  type: 'float',
  arrow: 'double',
  nulls: 0,
  ...more
});

describe('the views a table opens with', () => {
  it('show a colour against a magnitude where there are two bands of one kind', () => {
    const names = (list: string[]) => list.map(name => column(name, { unit: 'mag' }));
    expect(colourMagnitude(names(['g_mag', 'r_mag', 'i_mag']), {})).toEqual({
      x: 'g_mag - i_mag',
      y: 'i_mag'
    });
    expect(colourMagnitude(names(['mag_r_lsst', 'mag_i_lsst']), {})).toEqual({
      x: 'mag_r_lsst - mag_i_lsst',
      y: 'mag_i_lsst'
    });
    expect(colourMagnitude(names(['MAG_G', 'MAG_R', 'MAG_R_ERR']), {})).toEqual({
      x: 'MAG_G - MAG_R',
      y: 'MAG_R'
    });
    expect(colourMagnitude(names(['gmag', 'imag']), {})).toEqual({ x: 'gmag - imag', y: 'imag' });
    expect(colourMagnitude(names(['g mag', 'i mag']), {})).toEqual({ x: '"g mag" - "i mag"', y: 'i mag' });
    // no band in common with another: no colour
    expect(colourMagnitude(names(['i_mag', 'i_mag_auto', 'mag_g_lsst']), {})).toBeNull();
  });

  it('count flags and types where the table has them', () => {
    const columns = [
      column('z'),
      column('flag', { type: 'int', distinct: 4, values: [{ value: 4, count: 1 }] }),
      column('type', { type: 'text', distinct: 3, values: [{ value: 's', count: 1 }] })
    ];
    const roles = { redshift: 'z', flag: 'flag', type: 'type' };
    const views = defaultViews({ id: '', name: '', rows: 1, access: 'public', roles, columns });
    expect(views.map(({ id }) => id)).toEqual(['nz', 'sky', 'flags', 'types']);
  });

  it('stand in rows of about the same length', () => {
    expect(columnsFor(6, 1600)).toBe(6);
    expect(columnsFor(6, 1280)).toBe(3);
    expect(columnsFor(5, 1000)).toBe(3);
    expect(columnsFor(4, 320)).toBe(1);
  });
});
