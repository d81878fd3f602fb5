/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { render, screen, waitFor } from '@testing-library/react';

import type { ICoverage, IPlan, IPlanStep } from '../../backend';
import type { RecipeModel } from '../../model';
import { CoverageMeter } from '../CoverageMeter';

const trans = nullTranslator.load('tsm');

const MEASURED = {
  features: ['i_mag', 'g_mag - r_mag'],
  rows: 1000,
  n_target: 5000,
  rows_without_features: 3,
  frac_target_in_empty_cells: 0.125,
  frac_target_in_sparse_cells: 0.05,
  mag_limit_90: 23.4,
  states: { som: { filled: 200, sparse: 30, empty: 26 }, grid: {} },
  snr: { mag_from: 20, mag_bin: 0.5, train: [90, 40, null], target: [80, 20, 5] },
  redshift: { low: 0.01, high: 2.5 },
  by_survey: [
    { survey: 'DEEP2', rows: 600 },
    { survey: 'VVDS', rows: 400 }
  ],
  effective_sample_size: 812.4,
  cannot_see: 'what is inside a cell'
};

function step(index: number, op: string, details?: Record<string, unknown>): IPlanStep {
  const counts = { rows_in: 1000, rows_out: 1000 };
  const report = details && {
    ...{ op, ...counts, dropped: {}, added: {}, set_aside: {}, findings: [] },
    details
  };
  return { index, op, title: op, where: 'memory', ...counts, estimated: false, report, findings: [] };
}

function plan(details: Record<string, unknown>): IPlan {
  const steps = [step(0, 'filter', {}), step(1, 'coverage', details), step(2, 'filter', {})];
  return { ok: true, inputs: [], steps, findings: [], columns: [] };
}

function model(answer: ICoverage | null, table: string | null = '/out/a.parquet') {
  const asked: unknown[] = [];
  const found = {
    planIsOld: false,
    lastRun: table === null ? null : { result: { tables: [{ path: table }] } },
    coverage: (request: unknown) => {
      asked.push(request);
      return answer === null ? null : Promise.resolve(answer);
    }
  };
  return { model: found as unknown as RecipeModel, asked };
}

it('shows beside a cut what the measurement after it finds', () => {
  const { model: made, asked } = model(null);
  render(
    <CoverageMeter model={made} plan={plan({ coverage: MEASURED })} op="filter" index={0} trans={trans} />
  );
  const text = screen.getByRole('region', { name: 'Coverage' }).textContent!;
  for (const said of [
    '200 filled, 30 sparse, 26 empty',
    '23.4 mag',
    '0.0100 – 2.5000',
    '812',
    'Median S/N at 20.75 mag',
    '40.0 · 20.0',
    'DEEP2 60 %, VVDS 40 %',
    'what is inside a cell'
  ]) {
    expect(text).toContain(said);
  }
  expect(asked).toEqual([]);
});

it('says nothing beside a step after the measurement, or one that cuts nothing', () => {
  const { model: made } = model(null);
  const whole = plan({ coverage: MEASURED });
  const { container, rerender } = render(
    <CoverageMeter model={made} plan={whole} op="filter" index={2} trans={trans} />
  );
  expect(container.innerHTML).toBe('');
  rerender(<CoverageMeter model={made} plan={whole} op="homogenize" index={0} trans={trans} />);
  expect(container.innerHTML).toBe('');
});

it('measures the rows of the last run where the match is only estimated', async () => {
  const { model: made, asked } = model({ source: 'run', coverage: MEASURED });
  render(<CoverageMeter model={made} plan={plan({ estimated: true })} op="filter" index={0} trans={trans} />);
  await waitFor(() => expect(screen.getByRole('region', { name: 'Coverage' })).toBeTruthy());
  expect(asked).toEqual([{ step: 1, table: '/out/a.parquet' }]);
  expect(document.body.textContent).toContain('measured are the rows of the last run');
});

it('says that coverage is known after the first run', async () => {
  const { model: made } = model({ source: 'none', coverage: null }, null);
  render(<CoverageMeter model={made} plan={plan({ estimated: true })} op="cap" index={0} trans={trans} />);
  await waitFor(() => expect(document.body.textContent).toContain('known after the first run'));
  expect(screen.queryByRole('region', { name: 'Coverage' })).toBeNull();
});
