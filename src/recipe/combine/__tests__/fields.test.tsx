/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { fireEvent, render, screen, within } from '@testing-library/react';
import { useState } from 'react';

import type { IOperation } from '../../backend';
import { StepForm } from '../../stepForm';

const trans = nullTranslator.load('tsm');

const CRITERION = {
  type: 'object',
  required: ['by'],
  properties: { by: { type: 'string' }, order: { anyOf: [{ type: 'string' }, { type: 'null' }] } }
};
const COMBINE: IOperation = {
  name: 'combine',
  title: 'Combine',
  summary: '',
  scope: 'all',
  schema: {
    type: 'object',
    $defs: {
      Criterion: CRITERION,
      DeltaZ: {
        type: 'object',
        properties: {
          s: { type: 'number', default: 0.005, title: 'Spectra' },
          p: { type: 'number', default: 0.15, title: 'Photometry' }
        }
      },
      Errors: {
        type: 'object',
        required: ['column'],
        properties: {
          column: { type: 'string', title: 'Column' },
          sigma: { type: 'number', default: 5, title: 'Sigmas' }
        }
      },
      Decision: {
        type: 'object',
        properties: { prefer: { type: 'string' }, exclude: { type: 'string' }, reason: { type: 'string' } }
      }
    },
    properties: {
      radius_arcsec: { type: 'number', default: 0.75, title: 'Radius (arcsec)' },
      prefer: {
        type: 'array',
        title: 'Preferred by',
        items: { anyOf: [{ $ref: '#/$defs/Criterion' }, { type: 'string' }] },
        default: ['instrument_type', 'survey_rank']
      },
      delta_z: {
        anyOf: [{ type: 'number' }, { $ref: '#/$defs/DeltaZ' }],
        title: 'Redshifts agree within',
        default: { s: 0.005, p: 0.15 }
      },
      radii: {
        type: 'object',
        title: 'Radii by survey (arcsec)',
        additionalProperties: { type: 'number' },
        default: {}
      },
      errors: {
        anyOf: [{ $ref: '#/$defs/Errors' }, { type: 'null' }],
        title: 'Position errors',
        default: null
      },
      decisions: { type: 'array', title: 'Decisions', items: { $ref: '#/$defs/Decision' }, default: [] }
    }
  }
};

function setUp(value: unknown = null) {
  let now = value;
  const Shown = () => {
    const [step, setStep] = useState({ op: 'combine', value: value });
    return (
      <StepForm
        operation={COMBINE}
        step={step}
        readOnly={false}
        presets={{}}
        surveys={['VVDS', 'DEEP2']}
        columns={['redshift', 'pos_err']}
        trans={trans}
        onChange={next => {
          now = next;
          setStep({ op: 'combine', value: next });
        }}
      />
    );
  };
  render(<Shown />);
  return () => now;
}

const group = (name: string) => within(screen.getByRole('group', { name }));

it('shows no parameter as JSON', () => {
  setUp();
  const shown = screen.getAllByRole<HTMLInputElement>('textbox').map(input => input.value);
  expect(shown.filter(text => /[[{]/.test(text))).toEqual([]);
});

it('orders criteria, says which way is better and what counts as equal', () => {
  const value = setUp();
  fireEvent.click(screen.getByRole('button', { name: 'Move survey_rank up' }));
  expect(value()).toEqual({ prefer: ['survey_rank', 'instrument_type'] });
  fireEvent.change(screen.getByLabelText('Add a criterion'), { target: { value: 'redshift_err' } });
  fireEvent.change(screen.getByLabelText('Better of redshift_err'), { target: { value: 'ascending' } });
  fireEvent.change(screen.getByLabelText('Values of redshift_err count as equal within'), {
    target: { value: '0.001' }
  });
  expect(value()).toEqual({
    prefer: ['survey_rank', 'instrument_type', { by: 'redshift_err', order: 'ascending', tolerance: 0.001 }]
  });
  fireEvent.click(screen.getByRole('button', { name: 'Remove instrument_type' }));
  fireEvent.click(screen.getByRole('button', { name: 'Remove survey_rank' }));
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Remove redshift_err' }).disabled).toBe(true);
});

it('gives a survey a radius of its own, by its name, and takes it away', () => {
  const value = setUp();
  fireEvent.change(screen.getByLabelText('Add a survey: Radii by survey (arcsec)'), {
    target: { value: 'DEEP2' }
  });
  fireEvent.change(screen.getByLabelText('Radii by survey (arcsec): DEEP2'), { target: { value: '1.5' } });
  expect(value()).toEqual({ radii: { DEEP2: 1.5 } });
  fireEvent.click(screen.getByRole('button', { name: 'Remove DEEP2' }));
  expect(value()).toBeNull();
});

it('switches position errors on with a column that looks like one', () => {
  const value = setUp();
  const errors = group('Position errors');
  fireEvent.click(errors.getByRole('checkbox'));
  expect(value()).toEqual({ errors: { column: 'pos_err' } });
  fireEvent.change(errors.getByLabelText('Sigmas'), { target: { value: '3' } });
  expect(value()).toEqual({ errors: { column: 'pos_err', sigma: 3 } });
  fireEvent.click(errors.getByRole('checkbox'));
  expect(value()).toBeNull();
});

it('takes one tolerance for all types, or one for each', () => {
  const value = setUp();
  fireEvent.change(screen.getByLabelText('Redshifts agree within: Spectra'), { target: { value: '0.01' } });
  expect(value()).toEqual({ delta_z: { s: 0.01, p: 0.15 } });
  fireEvent.click(group('Redshifts agree within').getByRole('checkbox'));
  expect(value()).toEqual({ delta_z: 0.01 });
});

it('lists decisions with their reasons; one can be removed, another added', () => {
  const value = setUp({ decisions: [{ prefer: '9007199254740993', reason: 'better spectrum' }] });
  const decisions = group('Decisions');
  expect(decisions.getByText('9007199254740993')).toBeTruthy();
  expect(decisions.getByLabelText<HTMLInputElement>('Reason for row 9007199254740993').value).toBe(
    'better spectrum'
  );
  const add = decisions.getByRole<HTMLButtonElement>('button', { name: 'Add' });
  expect(add.disabled).toBe(true);
  fireEvent.change(decisions.getByLabelText('row_id of the measurement'), { target: { value: '-7' } });
  fireEvent.change(decisions.getByLabelText('Kind of decision'), { target: { value: 'exclude' } });
  fireEvent.change(decisions.getByLabelText('Reason of the new decision'), { target: { value: 'a ghost' } });
  fireEvent.click(add);
  fireEvent.click(decisions.getByRole('button', { name: 'Remove the decision about row 9007199254740993' }));
  expect(value()).toEqual({ decisions: [{ exclude: '-7', reason: 'a ghost' }] });
});

it('folds away what few recipes need, and opens it where the recipe uses it', () => {
  setUp();
  expect(screen.getByLabelText('Radius (arcsec)').closest('details')).toBeNull();
  expect(screen.getByRole('group', { name: 'Radii by survey (arcsec)' }).closest('details')?.open).toBe(
    false
  );
  setUp({ radii: { VVDS: 1 } });
  expect(screen.getByLabelText('Radii by survey (arcsec): VVDS').closest('details')?.open).toBe(true);
  expect(screen.getByText(/1 set/)).toBeTruthy();
});
