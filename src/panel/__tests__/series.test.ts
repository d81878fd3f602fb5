import { nullTranslator } from '@jupyterlab/translation';

import { latestOf, ruleWords, seriesOf } from '../series';

const one = (id: number, displayName: string, releaseId: number | null = null) => ({
  id,
  displayName,
  releaseId,
  type: 'redshift_catalog',
  origin: '',
  created: `2026-03-${String(id).padStart(2, '0')}T00:00:00Z`
});

it('takes versions and dates for what differs in a series, and not the release in a name', () => {
  const series = seriesOf(one(1, 'DP1 compilation v1.2 (2026-03-02)'));
  expect(seriesOf(one(2, 'DP1 compilation V2'))).toBe(series);
  expect(seriesOf(one(3, 'DP1 compilation, latest'))).toBe(series);
  expect(seriesOf(one(4, 'DP2 compilation v1.2'))).not.toBe(series);
  expect(seriesOf(one(5, 'VVDS'))).not.toBe(series);
  expect(seriesOf(one(6, 'anything', 2))).toBe(seriesOf(one(7, 'something else', 2)));
});

it('takes the newest of each, compilations first, and what is marked before what is newer', () => {
  const all = [
    one(9, 'VVDS'),
    one(1, 'DP1 compilation v1'),
    one(4, 'DP1 compilation v2'),
    one(3, 'DP2 compilation v1 latest'),
    one(5, 'DP2 compilation v2')
  ];
  expect(latestOf(all).map(({ id }) => id)).toEqual([3, 4, 9]);
  const trans = nullTranslator.load('tsm');
  expect(ruleWords(all[3], trans)).toContain('marks it');
  expect(ruleWords(all[2], trans)).toContain('official');
});
