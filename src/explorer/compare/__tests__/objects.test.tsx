/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import axe from 'axe-core';
import { layOut } from '../../__tests__/layOut';
import type { ITableInfo } from '../../../table/source';
import { Compare } from '../Compare';
import type { IObjects, IObjectsService } from '../objects';
import { Watch } from './data';

const trans = nullTranslator.load('tsm');

beforeAll(layOut);
afterEach(cleanup);

const OBJECTS: IObjects = {
  first: 'June',
  second: 'November',
  radius_arcsec: 0.75,
  delta_z: 0.0001,
  objects: 12345,
  counts: { added: 2000, lost: 12, 'set aside': 3, redshift: 40, same: 10290 },
  surveys: [
    { from: 'VVDS', to: 'DESI', objects: 31 },
    { from: "d'Ailleurs", to: null, objects: 2 }
  ],
  table: { id: 'abc' } as ITableInfo
};

function service(match: IObjectsService['match'] = () => Promise.resolve(OBJECTS)) {
  return { match: jest.fn(match), open: jest.fn() };
}

async function shown(objects: IObjectsService, same = false) {
  const watch = new Watch();
  const second = same ? { table: watch.table('sky'), condition: "survey = 'VVDS'" } : null;
  const model = await watch.model({
    samples: [{ table: watch.table('sky'), condition: '' }, second ?? { table: watch.other(), condition: '' }]
  });
  let container!: HTMLElement;
  await act(async () => {
    ({ container } = render(<Compare model={model} trans={trans} objects={objects} />));
    await model.idle();
  });
  return { container, model };
}

const press = (name: string | RegExp) =>
  act(async () => fireEvent.click(screen.getByRole('button', { name })));

describe('objects, one by one', () => {
  it('matches when asked, and tells every change with its number', async () => {
    const objects = service();
    const { container, model } = await shown(objects);
    expect(objects.match).not.toHaveBeenCalled();
    await press('Match the objects');
    expect(objects.match.mock.calls[0][2]).toBe(0.75);
    expect(screen.getByRole('button', { name: 'only in B: 2,000 objects. Open them.' })).toBeTruthy();
    expect(
      screen.getByRole('button', { name: /^measured in both, best row only in A: 3 objects/ })
    ).toBeTruthy();
    expect(
      screen.getByText(/12,345 objects · the same within 0.75″ · a redshift has changed beyond/)
    ).toBeTruthy();
    const found = await axe.run(container, { rules: { 'color-contrast': { enabled: false } } });
    expect(found.violations.map(({ id }) => id)).toEqual([]);
    model.dispose();
  });

  it('opens the objects of a change, and those that went from one survey to another', async () => {
    const objects = service();
    const { model } = await shown(objects);
    await press('Match the objects');
    await press(/^another redshift: 40/);
    expect(objects.open).toHaveBeenLastCalledWith(OBJECTS, "change = 'redshift'");
    await press("Open 2 objects from d'Ailleurs to no survey");
    expect(objects.open).toHaveBeenLastCalledWith(OBJECTS, "survey_1 = 'd''Ailleurs' AND survey_2 IS NULL");
    expect((screen.getByRole('button', { name: /^another type: 0/ }) as HTMLButtonElement).disabled).toBe(
      true
    );
    model.dispose();
  });

  it('takes a radius, and refuses what is none', async () => {
    const objects = service();
    const { model } = await shown(objects);
    const radius = screen.getByRole('textbox', { name: 'Radius in arcsec' });
    fireEvent.change(radius, { target: { value: '1,5' } });
    await press('Match the objects');
    expect(objects.match.mock.calls[0][2]).toBe(1.5);
    fireEvent.change(radius, { target: { value: 'two' } });
    expect((screen.getByRole('button', { name: 'Match again' }) as HTMLButtonElement).disabled).toBe(true);
    model.dispose();
  });

  it('says in words what went wrong, and tries again', async () => {
    const failure = Object.assign(new Error("The compilation 'June' has no column 'redshift'."), {
      remedy: 'Read it with pz_tsm.read.'
    });
    const objects = service(() => Promise.reject(failure));
    const { model } = await shown(objects);
    await press('Match the objects');
    expect(screen.getByText("The compilation 'June' has no column 'redshift'.")).toBeTruthy();
    objects.match.mockImplementation(() => Promise.resolve(OBJECTS));
    await press('Try again');
    expect(screen.getByRole('button', { name: /^only in B/ })).toBeTruthy();
    model.dispose();
  });

  it('is not there for two parts of one table', async () => {
    const { model } = await shown(service(), true);
    expect(screen.queryByRole('button', { name: 'Match the objects' })).toBeNull();
    model.dispose();
  });
});
