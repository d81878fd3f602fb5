import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ViewResult } from '../../../table/requests';
import { source } from '../../__tests__/data';
import { figurePython } from '../python';
import { figure, KINDS } from './figures';

// tests/test_figures.py runs the lines of this file on the same table and compares the counts.
// After a change: TSM_WRITE=1 jest figures/__tests__/python
const VECTORS = join(__dirname, '../../../../contract/vectors/figures.json');
const CONDITIONS = ['', 'i_mag < 20.5 AND (survey = \'DESI\' OR "z_flag" IN (3, 4))'];

function countsOf(result: ViewResult): number[] {
  return [...result.passed];
}

it('the lines of Python are those that Python runs in its own test', async () => {
  const made = [];
  for (const kind of KINDS) {
    for (const condition of CONDITIONS) {
      const one = await figure(kind, condition);
      made.push({ kind, condition, code: figurePython(one).split('\n'), counts: countsOf(one.result) });
    }
  }
  const text = `[\n${made.map(one => JSON.stringify(one)).join(',\n')}\n]\n`;
  if (process.env.TSM_WRITE) {
    writeFileSync(VECTORS, text);
  }
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(VECTORS, 'utf8')));
});

it('a table of a kernel is taken from its view', async () => {
  const one = await figure('nz', '', source());
  const code = figurePython({ ...one, info: { ...one.info, id: 'kernel' } });
  expect(code).toContain('table = view.table');
  expect(code).not.toContain('read_table');
});

it('what a table or a value is called can’t end a text and begin code', async () => {
  const evil = source({ path: 'x"\n__import__("os").abort()\n"' });
  const lines = figurePython(await figure('nz', '', evil)).split('\n');
  expect(lines.filter(line => line.startsWith('__import__'))).toEqual([]);
});
