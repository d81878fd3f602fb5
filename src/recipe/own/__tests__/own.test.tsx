/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, within } from '@testing-library/react';

import type { IProposed, IProposedRole, IProposeRequest, ITableSource, Role } from '../../../table/source';
import type { IRecipeBackend } from '../../backend';
import { Inputs } from '../../inputs';
import { RecipeModel } from '../../model';
import { addTable, lookAgain } from '../add';

const trans = nullTranslator.load('tsm');
const EMPTY = 'format: tsm-recipe/1\nname: deep\ninputs: {}\nsteps: []\n';

function role(name: Role, column: string, change: Partial<IProposedRole> = {}): IProposedRole {
  return {
    role: name,
    columns: [column],
    reason: 'its name',
    sure: true,
    others: [],
    convert: [],
    ...change
  };
}

const PLAIN: IProposed = {
  roles: [role('ra', 'RA'), role('dec', 'DEC'), role('z', 'Z')],
  missing: [],
  convert: {},
  survey: null,
  warnings: [],
  columns: ['RA', 'DEC', 'Z', 'zspec', 'Q'],
  input: {},
  sky: { ra: [150, 151], dec: [2, 3], outside: 0 }
};

/** Two redshifts, until one is chosen. */
const UNSURE: IProposed = {
  ...PLAIN,
  roles: [
    ...PLAIN.roles.slice(0, 2),
    role('z', 'Z', { sure: false, others: ['zspec'], reason: "its name; 'zspec' could be it as well" })
  ]
};

const SWAPPED: IProposed = {
  ...PLAIN,
  warnings: [
    {
      level: 'error',
      message: 'Right ascension and declination are exchanged.',
      code: 'coordinates-swapped',
      fixes: [
        {
          label: 'Exchange them',
          edits: [
            { op: 'set', path: ['columns', 'ra'], value: 'DEC' },
            { op: 'set', path: ['columns', 'dec'], value: 'RA' }
          ]
        }
      ]
    }
  ],
  sky: { ra: [], dec: [], outside: 2 }
};

function made(answer: (request: IProposeRequest) => IProposed | Error, text = EMPTY) {
  const holder = { path: 'r.tsm.yaml', text, changed: new Signal<unknown, void>({}) };
  const held = {
    ...holder,
    get text() {
      return text;
    },
    set text(now: string) {
      text = now;
      holder.changed.emit();
    }
  };
  const model = new RecipeModel({ holder: held, backend: {} as IRecipeBackend, rest: 1e6 });
  const asked: IProposeRequest[] = [];
  const source = {
    propose: async (request: IProposeRequest) => {
      asked.push(request);
      const said = answer(request);
      if (said instanceof Error) {
        throw said;
      }
      return said;
    }
  } as unknown as ITableSource;
  return { model, source, asked, text: () => text };
}

async function shown(one: ReturnType<typeof made>) {
  const view = render(
    <Inputs model={one.model} trans={trans} addFile={jest.fn()} source={() => one.source} />
  );
  await act(async () => addTable(one.model, 'data/vvds.parquet', one.source));
  return view;
}

const button = (name: string | RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

it('shows what the columns of a file mean and why, and writes the input when it is right', async () => {
  const one = made(() => PLAIN);
  await shown(one);
  const box = screen.getByRole('region', { name: 'Columns of vvds' });
  expect(within(box).getByLabelText<HTMLSelectElement>('Column of ra').value).toBe('RA');
  expect(within(box).getByRole('row', { name: /^z Z/ }).textContent).toContain('its name');
  expect(within(box).getByRole('img').getAttribute('aria-label')).toBe(
    'Right ascension 150.00 to 151.00, declination 2.00 to 3.00 degrees.'
  );
  fireEvent.click(button('Use as input'));
  expect(one.model.value.inputs).toEqual({ vvds: { from: { file: 'data/vvds.parquet' } } });
  expect(screen.queryByRole('region', { name: /^Columns of/ })).toBeNull();
});

it('waits for a choice where it is not sure', async () => {
  const one = made(({ columns }) =>
    columns?.z ? { ...PLAIN, input: { columns: { ra: 'RA', dec: 'DEC', z: columns.z } } } : UNSURE
  );
  await shown(one);
  expect(button('Use as input').disabled).toBe(true);
  expect(screen.getByText('To be settled first: z.')).toBeTruthy();
  await act(async () => {
    fireEvent.change(screen.getByLabelText('Column of z'), { target: { value: 'zspec' } });
  });
  expect(one.asked.at(-1)!.columns).toEqual({ z: 'zspec' });
  fireEvent.click(button('Use as input'));
  expect(one.model.value.inputs.vvds.columns).toEqual({ ra: 'RA', dec: 'DEC', z: 'zspec' });
});

it('takes what is proposed as right by one click', async () => {
  const one = made(({ columns }) => (columns?.z ? PLAIN : UNSURE));
  await shown(one);
  await act(async () => {
    fireEvent.click(button('Z is right for z'));
  });
  expect(one.asked.at(-1)!.columns).toEqual({ z: 'Z' });
  expect(button('Use as input').disabled).toBe(false);
});

it('says at once that positions are exchanged, and mends it', async () => {
  const one = made(({ columns }) => (columns?.ra === 'DEC' ? PLAIN : SWAPPED));
  await shown(one);
  expect(screen.getByText(/are exchanged/)).toBeTruthy();
  expect(screen.getByText(/2 of the rows looked at have no place/)).toBeTruthy();
  expect(button('Use as input').disabled).toBe(true);
  await act(async () => {
    fireEvent.click(button('Exchange them'));
  });
  expect(one.asked.at(-1)!.columns).toEqual({ ra: 'DEC', dec: 'RA' });
  expect(button('Use as input').disabled).toBe(false);
});

it('converts nothing where the user says so', async () => {
  const one = made(({ convert }) => (convert ? PLAIN : { ...PLAIN, convert: { positions: 'hours' } }));
  await shown(one);
  await act(async () => {
    fireEvent.click(button('Convert nothing'));
  });
  expect(one.asked.at(-1)!.convert).toEqual({});
});

it('can be left, and a file that can’t be read can be used as it is', async () => {
  const one = made(() => Object.assign(new Error('No table.'), { remedy: 'Choose another file.' }));
  await shown(one);
  expect(screen.getByRole('alert').textContent).toBe('No table. Choose another file.');
  fireEvent.click(button('Cancel'));
  expect(one.model.value.inputs).toEqual({});
  await act(async () => addTable(one.model, 'vvds.parquet', one.source));
  fireEvent.click(button('Use as input'));
  expect(one.model.value.inputs).toEqual({ vvds: { from: { file: 'vvds.parquet' } } });
});

it('looks at several files one after another', async () => {
  const one = made(() => UNSURE);
  await shown(one);
  await act(async () => addTable(one.model, 'deep.fits', one.source));
  expect(screen.getByRole('region', { name: 'Columns of vvds' })).toBeTruthy();
  fireEvent.click(button('Cancel'));
  expect(screen.getByRole('region', { name: 'Columns of deep' })).toBeTruthy();
});

it('looks again at an input that is there, and writes what was changed', async () => {
  const text = EMPTY.replace(
    'inputs: {}',
    'inputs:\n  vvds: {from: {file: v.fits}, columns: {z: Z}, convert: {z: velocity_km_s}, access: public} # mine'
  );
  const one = made(() => ({ ...PLAIN, input: { columns: { z: 'zspec' } } }), text);
  await act(async () => lookAgain(one.model, 'vvds', one.source));
  expect(one.asked[0]).toEqual({ columns: { z: 'Z' }, convert: { z: 'velocity_km_s' } });
  one.model.adding.table!.add();
  expect(one.model.value.inputs.vvds).toEqual({
    from: { file: 'v.fits' },
    columns: { z: 'zspec' },
    access: 'public'
  });
  expect(one.text()).toContain('# mine');
});

it('is plain only where nothing is to be asked or told', async () => {
  const plain = async (answer: IProposed) => {
    const { model, source } = made(() => answer);
    const table = model.adding.begin({ name: 'x', from: {}, source, add: jest.fn() });
    await table.first;
    return table.plain;
  };
  expect(await plain(PLAIN)).toBe(true);
  expect(await plain(UNSURE)).toBe(false);
  expect(await plain(SWAPPED)).toBe(false);
  expect(await plain({ ...PLAIN, input: { convert: { positions: 'hours' } } })).toBe(false);
});
