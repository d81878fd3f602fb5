/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { readFileSync } from 'fs';
import { join } from 'path';
import { useState } from 'react';

import type { IMoved, IOperation, IReport } from '../../backend';
import { StepForm } from '../../stepForm';
import { MatchView } from '../MatchView';
import { type IMoving, MovingContext } from '../moving';

const trans = nullTranslator.load('tsm');

const MATCH: IOperation = {
  name: 'match',
  title: 'Match to objects',
  summary: '',
  scope: 'whole',
  main: 'release',
  schema: JSON.parse(readFileSync(join(__dirname, '../../../../contract/ops/match.json'), 'utf-8'))
};

const RELEASES = [
  { name: 'dp1', title: 'Rubin Data Preview 1', path: null, fluxes: ['gaap1p0', 'cModel', 'psf'] },
  { name: 'mock', title: 'Mock sky (made up)', path: '/data/mock_release', fluxes: ['gaap1p0', 'cModel'] }
];

const OFFERS = {
  fluxes: ['gaap1p0', 'cModel', 'psf'],
  default: ['gaap1p0', 'cModel'],
  presets: ['gold'],
  columns: ['objectId', 'i_extendedness', 'i_psfFlux'],
  several: true
};

function report(details: Record<string, unknown>): IReport {
  return {
    op: 'match',
    rows_in: 100,
    rows_out: 90,
    dropped: {},
    added: {},
    set_aside: {},
    findings: [],
    details
  };
}

/** The form over a step; `said` has what the recipe would say after each change, `move` what another release is. */
function form(
  value: unknown,
  details: Record<string, unknown> = { offers: OFFERS },
  move: IMoving['move'] = null
): unknown[] {
  const said: unknown[] = [];
  function Held(): JSX.Element {
    const [now, setNow] = useState(value);
    return (
      <StepForm
        operation={MATCH}
        step={{ op: 'match', value: now }}
        readOnly={false}
        presets={{ gold: 'i_snr > 5' }}
        surveys={['VVDS', 'DEEP2']}
        columns={['pos_err']}
        releases={RELEASES}
        report={report(details)}
        trans={trans}
        onChange={next => {
          said.push(next);
          setNow(next);
        }}
      />
    );
  }
  const moving = { move, text: '' };
  render(
    <MovingContext.Provider value={moving}>
      <Held />
    </MovingContext.Provider>
  );
  return said;
}

const field = (name: string | RegExp) => screen.getByLabelText(name) as HTMLInputElement;
const choose = (element: HTMLElement, value: string) => fireEvent.change(element, { target: { value } });

/** Choose in a list whose options have values of their own. */
function pick(element: HTMLElement, words: string): void {
  choose(element, within(element).getByText<HTMLOptionElement>(words).value);
}

function type(element: HTMLElement, text: string): void {
  fireEvent.change(element, { target: { value: text } });
  fireEvent.keyDown(element, { key: 'Enter' });
}

it('offers the releases that are known, with where they are', () => {
  const said = form('mock');
  const release = field(/^Release/);
  expect(release.value).toBe('mock');
  expect(screen.getByText('/data/mock_release')).toBeTruthy();
  expect(within(release).getByText(/not on this machine/).textContent).toContain('dp1');
  choose(release, 'dp1');
  expect(said).toEqual(['dp1']);
  expect(screen.getByText(/give its folder/)).toBeTruthy();
});

it('takes the folder of a release, and keeps what its profile is', () => {
  const said = form('dp1');
  choose(field(/^Release/), '/folder');
  expect(said).toEqual([]);
  expect(field('Profile of the release').value).toBe('dp1');
  type(field('Folder of the release'), '/data/dp1');
  expect(said.at(-1)).toEqual({ release: { hats: '/data/dp1', profile: 'dp1' } });
  type(field('Profile of the release'), 'mine.yaml');
  expect(said.at(-1)).toEqual({ release: { hats: '/data/dp1', profile: 'mine.yaml' } });
  choose(field(/^Release/), 'mock');
  expect(said.at(-1)).toEqual({ release: 'mock' });
});

const note = (message: string) => ({ level: 'note' as const, message });

const MOVED: IMoved = {
  old: { name: 'mock', title: 'Mock sky (made up)' },
  new: { name: 'dp1', title: 'Rubin Data Preview 1' },
  located: false,
  missing: [{ level: 'error', message: "dp1 has no band 'w'.", remedy: 'It has: u, g, r.' }],
  changed: [note('Zero point (mag): 27 becomes 31.4.'), note('Footprint: seven fields.')]
};

it('says what another release lacks and changes before it is applied', async () => {
  const asked: unknown[] = [];
  const said = form('mock', undefined, async to => {
    asked.push(to);
    return MOVED;
  });
  choose(field(/^Release/), 'dp1');
  const considered = await screen.findByRole('region', { name: 'Another release: dp1' });
  expect(await within(considered).findByText('1 thing does not exist there')).toBeTruthy();
  expect(within(considered).getByText("dp1 has no band 'w'.")).toBeTruthy();
  expect(within(considered).getByText('2 things change')).toBeTruthy();
  expect(within(considered).getByText('Zero point (mag): 27 becomes 31.4.')).toBeTruthy();
  expect(considered.textContent).toContain('The recipe still says mock.');
  expect(considered.textContent).toContain('not on this machine');
  fireEvent.click(within(considered).getByRole('button', { name: 'Keep mock' }));
  expect(screen.queryByRole('region', { name: /Another release/ })).toBeNull();
  expect(field(/^Release/).value).toBe('mock');
  expect(said).toEqual([]);

  choose(field(/^Release/), 'dp1');
  fireEvent.click(await screen.findByRole('button', { name: 'Apply' }));
  expect(said).toEqual(['dp1']);
  expect(screen.queryByRole('region', { name: /Another release/ })).toBeNull();
  expect(asked).toEqual(['dp1', 'dp1']);
});

it('can still be moved where nobody can say what changes, and asks nothing about the same release', async () => {
  const trouble = { message: 'There is no folder /data/dp1.', remedy: 'Give another one.' };
  const said = form('mock', undefined, async to => {
    if (typeof to !== 'string') {
      return { ...MOVED, new: MOVED.old, missing: [], changed: [] };
    }
    throw trouble;
  });
  choose(field(/^Release/), 'dp1');
  expect(await screen.findByText(trouble.message)).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Keep mock' }));
  choose(field(/^Release/), '/folder');
  type(field('Folder of the release'), '/data/mock');
  await waitFor(() => expect(said).toEqual([{ release: { hats: '/data/mock', profile: 'mock' } }]));
  expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull();
});

it('ticks the fluxes that are taken, and writes them once they are not the usual ones', () => {
  const said = form({ release: 'mock' });
  expect(field('gaap1p0').checked && field('cModel').checked).toBe(true);
  expect(field('psf').checked).toBe(false);
  fireEvent.click(field('psf'));
  expect(said.at(-1)).toEqual({ release: 'mock', columns: ['gaap1p0', 'cModel', 'psf'] });
  fireEvent.click(field('gold'));
  type(field('Add a column of the release'), 'i_extendedness');
  expect(field('Add a column of the release').value).toBe('');
  expect(said.at(-1)).toEqual({
    release: 'mock',
    columns: ['gaap1p0', 'cModel', 'psf', 'gold', 'i_extendedness']
  });
  fireEvent.click(screen.getByRole('button', { name: 'Remove i_extendedness' }));
  fireEvent.click(field('gold'));
  fireEvent.click(field('psf'));
  expect(said.at(-1)).toEqual({ release: 'mock' });
});

it('says beside Run what the plan proposes, and why', () => {
  const said = form('mock', {
    offers: OFFERS,
    expected: {
      overlap: {},
      matches: {},
      chance: {},
      result: {},
      run: { where: 'engine', why: 'it takes longer than a minute', seconds: 130 }
    }
  });
  expect(screen.getByText(/The plan: as a job, by LSDB, about 2 minutes; it takes longer/)).toBeTruthy();
  choose(field(/^Run/), 'engine');
  expect(said.at(-1)).toEqual({ release: 'mock', run: 'engine' });
  expect(screen.queryByText(/The plan:/)).toBeNull();
  expect(screen.getByText(/a stop keeps what is done/)).toBeTruthy();
});

it('offers of a PZ Server what it has, and only while it matches', () => {
  const offers = {
    ...{ fluxes: ['cModel'], default: ['cModel'], presets: [], columns: [], several: false },
    ...{ photometry: ['mag'], dereddening: ['sfd'], default_dereddening: 'sfd' }
  };
  const said = form({ release: 'dp1', run: 'pz-server' }, { offers });
  expect(screen.queryByLabelText('gaap1p0')).toBeNull();
  choose(field(/^Columns/), 'cModel');
  expect(said.at(-1)).toEqual({ release: 'dp1', columns: ['cModel'], run: 'pz-server' });
  const group = screen.getByRole('group', { name: 'On the PZ Server' });
  fireEvent.click(within(group).getByRole('checkbox'));
  const photometry = within(group).getByLabelText('Photometry');
  expect([...photometry.querySelectorAll('option')].map(one => one.value)).toEqual(['', 'mag']);
  choose(photometry, 'mag');
  expect(said.at(-1)).toMatchObject({ pz_server: { photometry: 'mag' } });
  choose(field(/^Run/), 'memory');
  expect(said.at(-1)).toEqual({ release: 'dp1', columns: ['cModel'], run: 'memory' });
  expect(screen.queryByRole('group', { name: 'On the PZ Server' })).toBeNull();
});

it('asks for position errors only where they weigh, by survey too', () => {
  const said = form({ release: 'mock' });
  expect(screen.queryByRole('group', { name: 'Position errors' })).toBeNull();
  pick(field(/^Select/), 'error-weighted');
  const group = screen.getByRole('group', { name: 'Position errors' });
  fireEvent.click(within(group).getByLabelText('Use'));
  choose(within(group).getByLabelText('Add a survey: Errors by survey (arcsec)'), 'VVDS');
  expect(said.at(-1)).toMatchObject({ select: 'error-weighted', errors: { surveys: { VVDS: 1 } } });
  pick(field(/^Select/), 'nearest');
  expect(said.at(-1)).toEqual({ release: 'mock', select: 'nearest' });
});

it('moves the positions of a survey', () => {
  const said = form({ release: 'mock', shift: { VVDS: [0.1, 0] } });
  choose(field('VVDS: north (″)'), '-0.25');
  expect(said.at(-1)).toMatchObject({ shift: { VVDS: [0.1, -0.25] } });
  choose(field('Add a survey: Position offsets'), 'DEEP2');
  expect(said.at(-1)).toMatchObject({ shift: { VVDS: [0.1, -0.25], DEEP2: [0, 0] } });
});

it('tells before a match elsewhere where it is made, and what is sent', () => {
  const result = { rows: 12000, file_bytes: 4e6, limit_bytes: 200e6, over: false };
  const server = { server: 'https://server.org/api/', flux: 'cModel', photometry: 'mag', dereddened: true };
  const far = { where: 'pz-server', release: 'dp1', expected: { rows: 12000, result } };
  const { rerender } = render(
    <MatchView report={report({ ...far, pz_server: { ...server, dust_map: 'SFD' } })} trans={trans} />
  );
  const row = (name: RegExp) => screen.getByRole('row', { name }).textContent;
  expect(row(/^Where/)).toContain('https://server.org/api/ · dp1');
  expect(row(/^Sent/)).toContain('12,000 positions');
  expect(row(/^Photometry/)).toContain('cModel, magcorrected for the Milky Way’s dust there (SFD)');
  expect(row(/^Size/)).toContain('at most 4 MB of 200 MB');
  rerender(
    <MatchView report={report({ ...far, where: 'tap', tap: { table: 'dp1.Object' } })} trans={trans} />
  );
  expect(row(/^Where/)).toContain('it has not answered · dp1.Object');
  expect(row(/^Sent/)).toContain('in 2 uploads');
});

it('tells after a job which way was taken, and why', () => {
  const run = { asked: 'auto', where: 'memory', why: 'LSDB is not installed, though it takes long' };
  render(<MatchView report={report({ run })} trans={trans} />);
  expect(screen.getByText('Matched in memory: LSDB is not installed, though it takes long.')).toBeTruthy();
});
