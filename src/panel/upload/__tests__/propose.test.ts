import { propose } from '../propose';
import { column, SURVEY, trans } from './fixture';

const found = (table = SURVEY) =>
  Object.fromEntries([...propose(table, trans)].map(([name, { alias }]) => [name, alias]));

describe('what columns mean', () => {
  it('is told by names, units, UCDs and values, with the reason', () => {
    expect(found()).toEqual({ NUM: 'ID', ALPHA: 'RA', DELTA: 'Dec', Z: 'z', ZFLAGS: 'z_flag' });
    const reasons = propose(SURVEY, trans);
    expect(reasons.get('ALPHA')!.reason).toBe(
      'UCD pos.eq.ra;meta.main, its name, read as such, in degrees, 52.1 to 53.9'
    );
    expect(reasons.get('ZFLAGS')!.reason).toContain('12 different values');
  });

  it('is not what a unit, a UCD or the values rule out', () => {
    const columns = [
      column('ra', { unit: 'hourangle', max: 24 }),
      column('dec', { min: -1000, max: 90 }),
      column('z', { unit: 'mag' }),
      column('redshift', { ucd: 'src.redshift.phot' }),
      column('survey', { type: 'text', distinct: 900 })
    ];
    expect(found({ ...SURVEY, roles: {}, columns })).toEqual({});
  });

  it('is given to one column only, the best founded', () => {
    const columns = [column('z'), column('z_helio', { ucd: 'src.redshift' }), column('z_err', { max: 0.01 })];
    expect(found({ ...SURVEY, roles: {}, columns })).toEqual({ z_helio: 'z', z_err: 'z_err' });
  });

  it('is not guessed from values alone', () => {
    expect(found({ ...SURVEY, roles: {}, columns: [column('x1'), column('x2', { unit: 'deg' })] })).toEqual(
      {}
    );
  });
});
