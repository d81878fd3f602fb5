import type { IProposedRole, Role } from '../../../table/source';
import { proposalsOf } from '../propose';
import { ROLES, trans } from './fixture';

function proposed(role: Role, columns: string[], change: Partial<IProposedRole> = {}): IProposedRole {
  return { role, columns, reason: 'its name, in deg', sure: true, ...change };
}

const found = (roles: readonly IProposedRole[]) =>
  Object.fromEntries([...proposalsOf(roles, trans)].map(([name, { alias }]) => [name, alias]));

describe('what columns mean to a server', () => {
  it('is what the engine proposes, with its reason', () => {
    expect(found(ROLES)).toEqual({ NUM: 'ID', ALPHA: 'RA', DELTA: 'Dec', Z: 'z', ZFLAGS: 'z_flag' });
    expect(proposalsOf([proposed('ra', ['ALPHA'])], trans).get('ALPHA')!.reason).toBe('its name, in deg');
  });

  it('is said to be unsure where it is', () => {
    const roles = [proposed('z', ['z_best'], { sure: false, others: ['z_spec'] })];
    expect(proposalsOf(roles, trans).get('z_best')!.reason).toBe('not sure: its name, in deg');
  });

  it('is nothing that would have to be converted, or made of several columns', () => {
    const roles = [
      proposed('ra', ['ra_hours'], { convert: ['hours'] }),
      proposed('z', ['cz'], { convert: ['velocity_km_s'] }),
      proposed('dec', ['DEd', 'DEm', 'DEs'], { convert: ['sexagesimal'] }),
      proposed('instrument_type', ['type'])
    ];
    expect(found(roles)).toEqual({});
  });
});
