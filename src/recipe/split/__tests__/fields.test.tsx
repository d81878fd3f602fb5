/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';

import type { IOperation, ISplitMethod } from '../../backend';
import { StepForm } from '../../stepForm';
import { Draft, SplitContext } from '../context';

const trans = nullTranslator.load('tsm');

const SPLIT: IOperation = {
  name: 'split',
  title: 'Split',
  summary: '',
  scope: 'whole',
  main: 'method',
  schema: {
    type: 'object',
    properties: {
      method: { type: 'string', title: 'Method', default: 'random' },
      parts: {
        type: 'object',
        title: 'Parts',
        additionalProperties: { type: 'number' },
        default: { train: 0.7, test: 0.3 }
      },
      seed: { anyOf: [{ type: 'integer' }, { type: 'null' }], title: 'Seed', default: null },
      options: { type: 'object', additionalProperties: true, title: 'Options' },
      lock: { anyOf: [{ type: 'string' }, { type: 'null' }], title: 'Keep the parts of', default: null }
    }
  }
};

const cells = {
  type: 'object',
  title: 'Cells',
  additionalProperties: { anyOf: [{ type: 'number' }, { type: 'null' }] },
  default: { redshift: 0.1 }
};
const METHODS: ISplitMethod[] = [
  { name: 'random', title: 'Random', summary: 'By the hash of each row’s key.', schema: { properties: {} } },
  { name: 'stratified', title: 'Stratified', summary: 'By cell.', schema: { properties: { cells } } },
  {
    name: 'survey',
    title: 'Survey hold-out',
    schema: {
      required: ['hold_out'],
      properties: {
        hold_out: {
          type: 'object',
          title: 'Held out',
          additionalProperties: { type: 'array', items: { type: 'string' } }
        }
      }
    }
  },
  {
    name: 'kfold',
    title: 'k-fold',
    own_parts: true,
    schema: { properties: { folds: { type: 'integer', title: 'Folds', default: 5 } } }
  },
  {
    name: 'moon',
    title: 'By the moon',
    schema: {
      properties: {
        phase: { type: 'string', enum: ['new', 'full'], title: 'Phase', default: 'new' },
        dark: { type: 'boolean', title: 'Dark time', default: false },
        nights: { type: 'array', title: 'Nights', items: { type: 'integer' } }
      }
    }
  }
];

function setUp(value: unknown, operation = SPLIT) {
  let now = value;
  const draft = new Draft();
  const Form = () => {
    const [step, setStep] = useState({ op: operation.name, value });
    return (
      <SplitContext.Provider
        value={{
          draft,
          chooseFile: async () => 'targets/dp1.parquet',
          bundles: ['bundles/first'],
          texts: new Set(['survey'])
        }}
      >
        <StepForm
          operation={operation}
          step={step}
          readOnly={false}
          presets={{}}
          methods={METHODS}
          surveys={['VVDS', 'DEEP2']}
          columns={['redshift', 'i_mag', 'survey']}
          trans={trans}
          onChange={next => {
            now = next;
            setStep({ op: operation.name, value: next });
          }}
        />
      </SplitContext.Provider>
    );
  };
  render(<Form />);
  return { value: () => now, draft };
}

const choose = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

it('keeps the short form while nothing but the method is said', () => {
  const { value } = setUp('random');
  choose('Method', 'stratified');
  expect(value()).toBe('stratified');
});

it('says what a method does, and takes the options of another one away', () => {
  const { value } = setUp({ method: 'stratified', options: { cells: { redshift: 0.2 } } });
  expect(screen.getByText('By cell.')).toBeTruthy();
  choose('Method', 'kfold');
  expect(value()).toEqual({ method: 'kfold' });
});

it('hides the parts of a method that names them itself', () => {
  const { value } = setUp({ parts: { train: 0.5, test: 0.5 } });
  choose('Method', 'kfold');
  expect(value()).toEqual({ method: 'kfold' });
  expect(screen.queryByText('Parts')).toBeNull();
  choose('Folds', '7');
  expect(value()).toEqual({ method: 'kfold', options: { folds: 7 } });
});

it('moves a slider without writing, and writes when it is let go; the sum stays 1', () => {
  const { value, draft } = setUp({ parts: { train: 0.7, validation: 0.1, test: 0.2 } });
  const slider = screen.getByLabelText('Share of train');
  fireEvent.change(slider, { target: { value: '0.4' } });
  expect(draft.parts).toEqual({ train: 0.4, validation: 0.2, test: 0.4 });
  fireEvent.change(slider, { target: { value: '0.55' } });
  expect(value()).toEqual({ parts: { train: 0.7, validation: 0.1, test: 0.2 } });
  fireEvent.pointerUp(slider);
  expect(value()).toEqual({ parts: { train: 0.55, validation: 0.15, test: 0.3 } });
  expect(draft.parts).toBeNull();
});

it('takes proportions as they are typed, and scales them to 1 when asked', () => {
  const { value } = setUp({ parts: { train: 0.7, test: 0.3 } });
  choose('Proportion of test', '0.7');
  expect(value()).toEqual({ parts: { train: 0.7, test: 0.7 } });
  fireEvent.click(screen.getByRole('button', { name: 'Scale to 1' }));
  expect(value()).toEqual({ parts: { train: 0.5, test: 0.5 } });
  fireEvent.click(screen.getByRole('button', { name: 'Add a part' }));
  expect(value()).toEqual({ parts: { train: 0.5, test: 0.5, validation: 0 } });
  fireEvent.click(screen.getByRole('button', { name: 'Remove train' }));
  expect(value()).toEqual({ parts: { test: 1, validation: 0 } });
});

it('adds cells with usual widths; texts have none', () => {
  const { value } = setUp({ method: 'stratified' });
  for (const name of ['i_mag', 'survey']) {
    const add = screen.getByLabelText('Add a cell: Cells');
    fireEvent.change(add, { target: { value: name } });
    fireEvent.keyDown(add, { key: 'Enter' });
  }
  const all = { redshift: 0.1, i_mag: 0.5, survey: null };
  expect(value()).toEqual({ method: 'stratified', options: { cells: all } });
  choose('Width of the cells of i_mag', '0.25');
  fireEvent.click(screen.getByRole('button', { name: 'Remove survey' }));
  expect(value()).toEqual({ method: 'stratified', options: { cells: { redshift: 0.1, i_mag: 0.25 } } });
});

it('holds surveys out for a part, each once', () => {
  const { value } = setUp({ method: 'survey', parts: { train: 0.8, test: 0.2 } });
  choose('Hold out a survey for test', 'DEEP2');
  expect(value()).toMatchObject({ options: { hold_out: { test: ['DEEP2'] } } });
  const other = screen.getByLabelText('Hold out a survey for train');
  expect(within(other).queryByRole('option', { name: 'DEEP2' })).toBeNull();
  fireEvent.click(screen.getByRole('button', { name: 'Remove DEEP2 from test' }));
  expect(value()).toEqual({ method: 'survey', parts: { train: 0.8, test: 0.2 } });
});

it('makes a form for a method of another package from its schema', () => {
  const { value } = setUp({ method: 'moon' });
  choose('Phase', 'full');
  fireEvent.click(screen.getByLabelText('Dark time'));
  const nights = screen.getByLabelText('Nights');
  fireEvent.change(nights, { target: { value: '[1, 2]' } });
  fireEvent.blur(nights);
  expect(value()).toEqual({ method: 'moon', options: { phase: 'full', dark: true, nights: [1, 2] } });
});

it('keeps a method that is not known here as it is', () => {
  const { value } = setUp({ method: 'tracts', options: { tracts: [1] } });
  expect(screen.getByRole('option', { name: 'tracts · not known here' })).toBeTruthy();
  expect((screen.getByLabelText('Options') as HTMLInputElement).value).toBe('{tracts: [1]}');
  expect(value()).toEqual({ method: 'tracts', options: { tracts: [1] } });
});

it('names the bundle whose parts are kept', () => {
  const { value } = setUp('random');
  const bundle = screen.getByRole('combobox', { name: 'Keep the parts of' });
  fireEvent.change(bundle, { target: { value: 'bundles/first' } });
  fireEvent.blur(bundle);
  expect(value()).toEqual({ method: 'random', lock: 'bundles/first' });
});

it('lists features in order, and takes the target from the files', async () => {
  const weight: IOperation = {
    name: 'weight',
    title: 'Weight',
    summary: '',
    scope: 'whole',
    schema: {
      type: 'object',
      required: ['target', 'features'],
      properties: {
        target: { type: 'string', title: 'Target' },
        features: { type: 'array', items: { type: 'string' }, title: 'Features' }
      }
    }
  };
  const { value } = setUp({ target: '', features: ['g_mag - r_mag'] }, weight);
  const add = screen.getByLabelText('Add a feature');
  fireEvent.change(add, { target: { value: 'i_mag' } });
  fireEvent.keyDown(add, { key: 'Enter' });
  fireEvent.click(screen.getByRole('button', { name: 'Move i_mag up' }));
  fireEvent.click(screen.getByRole('button', { name: 'Choose…' }));
  await screen.findByDisplayValue('targets/dp1.parquet');
  expect(value()).toEqual({ target: 'targets/dp1.parquet', features: ['i_mag', 'g_mag - r_mag'] });
});
