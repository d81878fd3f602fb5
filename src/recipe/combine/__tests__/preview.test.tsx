/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';

import type { IReport } from '../../backend';
import { CombinePreview } from '../CombinePreview';
import { combinedOf, foldedSizes, lines } from '../summary';

const trans = nullTranslator.load('tsm');

function report(details: Record<string, unknown>): IReport {
  return {
    op: 'combine',
    rows_in: 300000,
    rows_out: 300000,
    dropped: {},
    added: {},
    set_aside: {},
    findings: [],
    details
  };
}

const conflict = (id: number) => ({
  group_id: String(id),
  rows: [
    { row_id: String(id), survey: 'VVDS', redshift: 0.6642, flag: 4 },
    { row_id: String(id + 1), survey: 'DEEP2', redshift: 1.2, flag: 3 }
  ]
});

const NOW = report({
  groups: 250000,
  group_sizes: { 1: 210000, 2: 35000, 3: 4000, 8: 900, 12: 100 },
  best: 200000,
  verdicts: { won: 1 },
  chains: 12,
  winners: { VVDS: 120000, DEEP2: 80000 },
  measured: { VVDS: 150000, DEEP2: 100000, PRIMUS: 50000 },
  decided: { z_flag_homogenized: 30000, row_id: 500 },
  conflicts_total: 321,
  conflicts: Array.from({ length: 7 }, (_, i) => conflict(100 * i)),
  offsets: [
    {
      a: 'DEEP2',
      b: 'VVDS',
      pairs: 900,
      dra_arcsec: 0.123,
      ddec_arcsec: -0.04,
      scatter_arcsec: 0.2,
      applied: false
    }
  ],
  decisions: { applied: 2, unknown: 1 }
});
const BEFORE = report({
  ...NOW.details,
  groups: 250400,
  conflicts_total: 300,
  winners: { VVDS: 120010, DEEP2: 79990 }
});
const RUN = report({ groups: 249000, group_sizes: { 1: 249000 }, best: 200500, verdicts: {} });

const row = (name: string | RegExp) => screen.getByRole('row', { name });

it('compares what the combination makes with the plan before the edit and with the last run', () => {
  render(<CombinePreview now={NOW} before={BEFORE} run={RUN} trans={trans} />);
  expect(
    screen
      .getAllByRole('columnheader')
      .slice(0, 4)
      .map(cell => cell.textContent)
  ).toEqual(['300,000 measurements', 'now', 'before', 'last run']);
  expect(row(/^Objects/).textContent).toBe('Objects250,000250,400−400249,000+1,000');
  expect(row(/^Conflicts/).textContent).toContain('321300+21');
  expect(row(/^Won by VVDS/).textContent).toContain('120,000120,010−10–');
  expect(row(/^Won by DEEP2/).textContent).toContain('80,00079,990+10');
});

it('shows winners of the rows that each survey measured, those that never won too', () => {
  render(<CombinePreview now={NOW} before={null} run={null} trans={trans} />);
  const bars = within(screen.getByRole('table', { name: /Best measurement, by survey/ }));
  expect(bars.getAllByRole('row').map(one => one.textContent)).toEqual([
    'VVDS120,000 of 150,000 · 80 %',
    'DEEP280,000 of 100,000 · 80 %',
    'PRIMUS0 of 50,000 · 0 %'
  ]);
  expect(screen.queryByText('before')).toBeNull();
});

it('lists conflicts with surveys and redshifts, the first ones first', () => {
  render(<CombinePreview now={NOW} before={null} run={null} trans={trans} />);
  expect(screen.getByText('321 conflicts')).toBeTruthy();
  expect(screen.getAllByText('0.6642')).toHaveLength(5);
  fireEvent.click(screen.getByRole('button', { name: 'Show the first 7 of 321' }));
  expect(screen.getAllByText('0.6642')).toHaveLength(7);
});

it('says what offsets were measured, and what became of decisions', () => {
  render(<CombinePreview now={NOW} before={null} run={null} trans={trans} />);
  expect(row(/DEEP2 – VVDS/).textContent).toContain('9000.123−0.0400.200no');
  expect(screen.getByText('2 decisions of yours applied. 1 is about a row that is not there.')).toBeTruthy();
});

it('shows what there is of a report that tells less', () => {
  const old = report({ groups: 3, group_sizes: { 1: 3 }, best: 3, verdicts: { single: 3 }, chains: 0 });
  render(<CombinePreview now={old} before={null} run={null} trans={trans} />);
  expect(row(/^Objects/).textContent).toBe('Objects3');
  expect(screen.queryByText(/by survey/)).toBeNull();
  expect(combinedOf(report({ estimated: true }))).toBeNull();
});

it('puts large groups together, and surveys whose winners moved first', () => {
  const now = combinedOf(NOW)!;
  expect(foldedSizes(now.sizes)).toEqual([
    ['1', 210000],
    ['2', 35000],
    ['3', 4000],
    ['8–12', 1000]
  ]);
  const labels = {
    objects: 'o',
    several: 's',
    best: 'b',
    conflicts: 'c',
    chains: 'h',
    wonBy: (one: string) => one
  };
  const moved = combinedOf(report({ ...NOW.details, winners: { VVDS: 120000, DEEP2: 79000, PRIMUS: 1000 } }));
  const surveys = lines(now, moved, null, labels, 1).filter(line => line.survey);
  expect(surveys.map(line => [line.label, line.now, line.before])).toEqual([
    ['DEEP2', 80000, 79000],
    ['PRIMUS', 0, 1000]
  ]);
});
