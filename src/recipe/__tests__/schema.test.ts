import type { IOperation } from '../backend';
import { fieldsOf, stepValue, summary } from '../schema';

const COMBINE: IOperation = {
  name: 'combine',
  title: 'Combine',
  summary: '',
  scope: 'all',
  main: null,
  schema: {
    type: 'object',
    properties: {
      radius_arcsec: { type: 'number', default: 0.75, title: 'Radius (arcsec)' },
      eligible: { type: 'string', default: 'secure_galaxy' },
      prefer: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }], default: null },
      policy: { enum: ['default', 'pz-server'], default: 'default', type: 'string' },
      delta_z: {
        anyOf: [{ type: 'number' }, { type: 'object', additionalProperties: { type: 'number' } }],
        default: 0.001
      },
      parts: { type: 'object', additionalProperties: { type: 'number' } }
    }
  }
};
const FILTER: IOperation = {
  ...COMBINE,
  name: 'filter',
  main: 'condition',
  schema: {
    type: 'object',
    required: ['condition'],
    properties: {
      condition: { type: 'string' },
      rows: { type: 'string', enum: ['best', 'all'], default: 'best' }
    }
  }
};

it('chooses a field for each kind of parameter', () => {
  const kinds = Object.fromEntries(fieldsOf(COMBINE).map(field => [field.name, field.kind]));
  expect(kinds).toEqual({
    radius_arcsec: 'number',
    eligible: 'condition',
    prefer: 'list',
    policy: 'choice',
    delta_z: 'yaml',
    parts: 'proportions'
  });
});

it('writes what differs from the default, and what the author wrote even if it is the default', () => {
  const entered = { radius_arcsec: 1, eligible: 'secure_galaxy', policy: 'default', delta_z: 0.001 };
  expect(stepValue(COMBINE, null, entered)).toEqual({ radius_arcsec: 1 });
  expect(stepValue(COMBINE, { policy: 'default' }, entered)).toEqual({ radius_arcsec: 1, policy: 'default' });
  expect(stepValue(COMBINE, { radius_arcsec: 1 }, { radius_arcsec: undefined })).toBeNull();
});

it('keeps the short form while only the main parameter is given', () => {
  expect(stepValue(FILTER, 'z > 1', { condition: 'z > 2', rows: 'best' })).toBe('z > 2');
  expect(stepValue(FILTER, 'z > 1', { condition: 'z > 2', rows: 'all' })).toEqual({
    condition: 'z > 2',
    rows: 'all'
  });
});

it('sums a step up in a line', () => {
  expect(summary({ method: 'random', parts: { train: 0.7, test: 0.3 } })).toBe(
    'method random · parts train 0.7, test 0.3'
  );
  expect(summary({ radius_arcsec: 0.75, eligible: 'secure_galaxy' })).toBe(
    'radius 0.75″ · eligible secure_galaxy'
  );
});
