/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';

import type { IReport } from '../../backend';
import { MatchView } from '../MatchView';
import { expectedOf, type IQuality, qualityOf, radiiShown } from '../summary';
import { percent } from '../words';

const trans = nullTranslator.load('tsm');

function report(details: Record<string, unknown>): IReport {
  return {
    op: 'match',
    rows_in: 20000,
    rows_out: 16000,
    dropped: {},
    added: {},
    set_aside: {},
    findings: [],
    details
  };
}

const RADII = Array.from({ length: 40 }, (_, i) => Number(((i + 1) * 0.05).toFixed(2)));
const shared = (id: number, verdict: string) => ({
  objectId: String(9000000000000000000n + BigInt(id)),
  verdict,
  rows: ['11', '12'],
  redshifts: [0.6642, null]
});

const QUALITY: IQuality = {
  radius_arcsec: 0.75,
  reach_arcsec: 2,
  rows: 20000,
  matched: 16204,
  histogram: {
    bin_arcsec: 0.05,
    counts: RADII.map((_, i) => (i < 8 ? 2000 - 100 * i : 20)),
    expected: RADII.map((_, i) => (i < 8 ? 1990 - 100 * i : 21)),
    chance: RADII.map(() => 20)
  },
  null: {
    positions: 20000,
    hits: 684,
    rate: 0.0342,
    rate_error: 0.0013,
    expected_rate: 0.0348,
    density_deg2: 259604
  },
  curve: {
    radius_arcsec: RADII,
    purity: RADII.map(r => 1 - r / 100),
    completeness: RADII.map(r => Math.min(0.999, 2 * r))
  },
  purity: 0.9925,
  completeness: 0.999,
  chance_matches: 121.4,
  proposed: { radius_arcsec: 0.5, purity: 0.995, completeness: 0.999, criterion: 'x' },
  offsets: [
    {
      survey: 'VVDS',
      rows: 9000,
      east_arcsec: 0.213,
      north_arcsec: -0.11,
      mad_arcsec: 0.066,
      significance: 41.2
    },
    { survey: 'DEEP2', rows: 7000, east_arcsec: 0, north_arcsec: 0.002, mad_arcsec: 0.07, significance: 0.4 }
  ],
  many_to_one: {
    objects: 7,
    rows: 14,
    listed: Array.from({ length: 7 }, (_, i) => shared(i, i === 0 ? 'blend' : 'one kept'))
  },
  blends: 1
};

const EXPECTED = {
  release: 'dp1',
  radius_arcsec: 0.75,
  rows: 128402,
  overlap: {
    inside: 70000,
    source: 'its partitions',
    area_deg2: { rows: 15, both: 12.3 },
    by_survey: [
      { survey: 'VVDS', rows: 100000, inside: 70000 },
      { survey: 'DEEP2', rows: 28402, inside: 0 }
    ]
  },
  matches: { rows: 61000, low: 60100, high: 61900, exact: false },
  chance: { rate: 0.0362, rows: 912.4, density_deg2: 270000 },
  sample: { ...QUALITY, rows: 4000, partitions: 3 },
  result: { rows: 61000, file_bytes: 48e6, limit_bytes: 200e6, over: false },
  run: {
    where: 'engine',
    why: 'as the step asks',
    seconds: 120,
    partitions: 12,
    of_partitions: 300,
    objects: 3.4e6
  }
};

const row = (name: string | RegExp) => screen.getByRole('row', { name });

it('says nothing of a report that measured nothing', () => {
  const { container } = render(<MatchView report={report({ matched: 3 })} trans={trans} />);
  expect(container.innerHTML).toBe('');
  expect(qualityOf(null)).toBeNull();
  expect(qualityOf(report({ quality: { histogram: 3 } }))).toBeNull();
  expect(expectedOf(report({ expected: 'soon' }))).toBeNull();
});

it('tells after a run how far the separations are from what is expected', () => {
  render(<MatchView report={report({ quality: QUALITY })} trans={trans} />);
  const chart = screen.getByRole('img', { name: /Histogram of separations/ });
  expect(chart.textContent).toContain('16,204 of 20,000 positions have an object within 0.75″');
  expect(chart.querySelectorAll('rect')).toHaveLength(40);
  expect(chart.querySelector('.tsm-MatchChart-expected')).not.toBeNull();
  const marks = [...chart.querySelectorAll('.tsm-MatchChart-mark path')].map(path => path.getAttribute('d'));
  expect(marks).toHaveLength(2);
  expect(marks[0]).not.toBe(marks[1]);
  expect(screen.getByText('proposed 0.5″')).toBeTruthy();
});

it('compares radii, the chosen and the proposed one among them', () => {
  render(<MatchView report={report({ quality: QUALITY })} trans={trans} />);
  const table = screen.getByRole('table', { name: 'Purity and completeness by radius' });
  const names = within(table)
    .getAllByRole('rowheader')
    .map(cell => cell.textContent);
  expect(names).toEqual(['0.25″', '0.5″ · proposed', '0.75″ · chosen', '1″', '1.5″', '2″']);
  expect(row(/0.75″ · chosen/).textContent).toBe('0.75″ · chosen99.25 %99.90 %');
  expect(
    screen.getAllByText(/Within 0.75″, 99.25 % of the matches are the right object/).length
  ).toBeGreaterThan(0);
});

it('sets the null test against what the density makes', () => {
  render(<MatchView report={report({ quality: QUALITY })} trans={trans} />);
  const said = screen.getByText(/Moved by 20″ to 30″/).textContent;
  expect(said).toContain('684 of 20,000 positions still have an object within 0.75″: 3.4 % ± 0.13 %');
  expect(said).toContain('259,604 objects in a square degree make 3.5 %');
  expect(said).toContain('About 121 of 16,204 matches');
});

it('lists offsets by survey with signs and significance', () => {
  render(<MatchView report={report({ quality: QUALITY })} trans={trans} />);
  expect(row(/^VVDS/).textContent).toBe('VVDS9,0000.213−0.1100.06641.2');
  const heads = within(screen.getByRole('table', { name: /object minus redshift/ }))
    .getAllByRole('columnheader')
    .map(cell => cell.textContent);
  expect(heads).toEqual(['Survey', 'rows', 'east (″)', 'north (″)', 'MAD (″)', 'sigma']);
});

it('lists objects with several rows, ids whole, first a few', () => {
  render(<MatchView report={report({ quality: QUALITY })} trans={trans} />);
  const table = screen.getByRole('table', { name: 'Objects with several rows' });
  expect(within(table).getAllByRole('rowheader')).toHaveLength(5);
  expect(within(table).getByRole('row', { name: /9000000000000000000/ }).textContent).toContain(
    '0.6642–blend'
  );
  expect(screen.getByText(/14 rows share 7 objects/).textContent).toContain('Of 1 the redshifts disagree');
  fireEvent.click(screen.getByRole('button', { name: 'Show all 7' }));
  expect(within(table).getAllByRole('rowheader')).toHaveLength(7);
});

it('tells before a run what will happen, in words', () => {
  render(<MatchView report={report({ expected: EXPECTED })} trans={trans} />);
  expect(row(/^In the footprint/).textContent).toContain('70,000 of 128,40212.3 of 15 square degrees');
  expect(row(/^Expected matches/).textContent).toContain('about 61,00060,100 to 61,900');
  expect(row(/^By chance/).textContent).toContain('about 9123.6 % of positions');
  expect(row(/^Size/).textContent).toContain('48 MB of 200 MB');
  expect(row(/^As a job/).textContent).toContain('about 2 minutes12 of 300 partitions, 3,400,000 objects');
  expect(row(/^DEEP2 28,402/).textContent).toBe('DEEP228,4020');
  expect(screen.getByText(/From 4,000 positions that were matched for this plan, in 3/)).toBeTruthy();
  expect(screen.getByRole('img', { name: /Histogram of separations/ })).toBeTruthy();
});

it('shows what was measured instead of the sample, and no curve where there is none', () => {
  const few = {
    ...QUALITY,
    matched: 7,
    curve: null,
    proposed: null,
    histogram: { bin_arcsec: 0.5, counts: [7, 0] }
  };
  const exact = { ...EXPECTED, matches: { rows: 7, low: 7, high: 7, exact: true } };
  render(<MatchView report={report({ expected: exact, quality: few })} trans={trans} />);
  expect(screen.queryByText(/matched for this plan, in/)).toBeNull();
  expect(row(/^Matches/).textContent).toContain('7matched for this plan');
  expect(screen.getByText(/Too few positions/)).toBeTruthy();
  expect(screen.getAllByRole('img')).toHaveLength(1);
});

it('keeps the radii that the curve knows', () => {
  expect(radiiShown({ ...QUALITY, radius_arcsec: 0.77 })).toEqual([0.25, 0.5, 0.75, 1, 1.5, 2]);
  expect(percent(0.0042)).toBe('0.42 %');
  expect(percent(1)).toBe('100.0 %');
});
