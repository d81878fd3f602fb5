import { check, type IChecked } from '../checks';
import { emptyDraft } from '../draft';
import type { Alias } from '../meanings';
import { column, RELEASE, SURVEY, trans } from './fixture';

const MEANT = new Map<string, Alias>([
  ['ALPHA', 'RA'],
  ['DELTA', 'Dec'],
  ['Z', 'z']
]);
const WHAT = { name: 'VVDS', type: 'redshift_catalog', releaseId: null, pzCode: '', description: 'It is.' };
const MAIN = { path: 'a/vvds.parquet', name: 'vvds.parquet', role: 0, size: 4000 };

function checked(draft: object = {}, change: Partial<IChecked> = {}) {
  return check({
    draft: { ...emptyDraft('aaaaaaaa', ''), what: WHAT, files: [MAIN], ...draft },
    table: SURVEY,
    meanings: MEANT,
    kind: 'real',
    serverName: 'PZ',
    release: null,
    trans,
    ...change
  });
}
const keys = (checks: ReturnType<typeof check>, level = 'error') =>
  checks.filter(one => one.level === level).map(one => one.key);
const of = (checks: ReturnType<typeof check>, key: string) => checks.find(one => one.key === key)!;

it('finds nothing wrong where nothing is', () => {
  expect(keys(checked())).toEqual([]);
  expect(keys(checked(), 'good')).toEqual(['mandatory', 'access']);
});

it('asks for a name, a type and a main file', () => {
  expect(keys(checked({ what: { ...WHAT, name: ' ', type: '' } }))).toEqual(['name', 'type']);
  expect(keys(checked({ files: [] }))).toContain('main');
});

it('sends a file under a name that the server keeps', () => {
  const one = of(checked({ files: [{ ...MAIN, name: 'my cat (2).csv' }] }), 'file-names');
  expect(one.message).toContain('my cat (2).csv');
  expect(one.fix!.label).toBe('Send as my_cat_2.csv');
  expect(one.fix!.change.files![0]).toMatchObject({ name: 'my_cat_2.csv', path: 'a/vvds.parquet' });
});

it('knows what the server takes, and what to do about more', () => {
  const large = { files: [{ ...MAIN, size: 250e6 }] };
  const one = of(checked(large), `size:${MAIN.path}`);
  expect(one.message).toBe('vvds.parquet has 250 MB; PZ takes 200 MB.');
  expect(one.fix!.change).toEqual({ copy: true });
  expect(keys(checked({ ...large, copy: true }))).toEqual([]); // its size is not known yet
  expect(keys(checked(large, { kind: 'engine' }))).toEqual([]); // one's own has no limit
  expect(keys(checked({ files: [{ ...MAIN, size: 0 }] }))).toEqual([`empty:${MAIN.path}`]);
});

it('asks for the columns that the type must have, each once', () => {
  const without = checked({}, { meanings: new Map([['ALPHA', 'RA' as Alias]]) });
  expect(of(without, 'mandatory')).toMatchObject({ level: 'error' });
  expect(of(without, 'mandatory').message).toContain('Dec (declination), z (redshift)');
  const twice = new Map(MEANT).set('MAGI', 'z');
  expect(of(checked({}, { meanings: twice }), 'twice:z').message).toBe('Z, MAGI are all said to be z.');
  const training = { what: { ...WHAT, type: 'training_set' } };
  expect(keys(checked(training, { meanings: new Map([['Z', 'z' as Alias]]) }))).toEqual([]);
});

it('renames columns in a copy, and takes no name twice', () => {
  const columns = [...SURVEY.columns, column('z best'), column('z_best'), column('[O II]')];
  const one = of(checked({}, { table: { ...SURVEY, columns } }), 'column-names');
  expect(one.fix!.change.names).toEqual({ 'z best': 'z_best_2', '[O II]': 'O_II' });
  const names = { 'z best': 'z_best', '[O II]': 'O_II' };
  expect(keys(checked({ names }, { table: { ...SURVEY, columns } }))).toEqual(['same-column']);
});

it('tells numbers that stand for no value, and empty redshifts', () => {
  const columns = SURVEY.columns.map(one =>
    one.name === 'Z' ? { ...one, nulls: 7, sentinels: [{ value: -99, count: 7 }] } : one
  );
  const table = { ...SURVEY, columns };
  expect(of(checked({}, { table }), 'sentinels').message).toContain('Z (7 × -99)');
  expect(of(checked({}, { table }), 'nulls:Z').message).toBe('Z (z) is empty in 7 of 1000 rows.');
  expect(keys(checked({ copy: true }, { table }), 'warning')).toEqual(['nulls:Z']);
});

it('does not give data of rights holders to everybody without being told', () => {
  const table = { ...SURVEY, access: 'rubin-data-rights' };
  const one = of(checked({}, { table }), 'access');
  expect(one).toMatchObject({ level: 'error', fix: { change: { confirmed: true } } });
  expect(of(checked({ confirmed: true }, { table }), 'access').level).toBe('warning');
  expect(of(checked({}, { table, release: RELEASE }), 'access').level).toBe('good');
  expect(of(checked({}, { table, kind: 'engine' }), 'access').level).toBe('warning');
});
