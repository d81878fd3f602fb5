/** What the parts have in common: nothing they may share, and what a reader should know. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../../ui/format';
import type { IReport } from '../backend';
import { leaksOf, lockedOf } from './summary';

export function Leaks({
  report,
  trans
}: {
  report: IReport | null | undefined;
  trans: TranslationBundle;
}): JSX.Element | null {
  const leaks = leaksOf(report);
  const locked = lockedOf(report);
  if (!leaks) {
    return null;
  }
  const words: { readonly [key: string]: string } = {
    split_key: trans.__('Galaxies and their objects in two parts'),
    objectId: trans.__('LSST objects in two parts'),
    group_id: trans.__('Galaxies in two parts')
  };
  const lines: { name: string; said: string; bad?: boolean }[] = [...leaks.shared].map(([key, count]) => ({
    name: words[key] ?? key,
    said: count === 0 ? trans.__('none') : formatCount(count),
    bad: count > 0
  }));
  lines.push({
    name: trans.__('Pairs within %1″ in different parts', leaks.nearArcsec),
    said:
      leaks.near === null
        ? trans.__('not known: no positions')
        : leaks.near === 0
          ? trans.__('none')
          : formatCount(leaks.near)
  });
  if (leaks.tracts) {
    const { shared, of } = leaks.tracts;
    lines.push({
      name: trans.__('LSST tracts with rows of two parts'),
      said: trans.__('%1 of %2', formatCount(shared), formatCount(of))
    });
  }
  if (locked) {
    lines.push(
      { name: trans.__('Objects that keep their earlier part'), said: formatCount(locked.kept) },
      { name: trans.__('New objects, divided now'), said: formatCount(locked.new) },
      { name: trans.__('Made of galaxies of different parts, now in test'), said: formatCount(locked.merged) }
    );
  }
  const bad = lines.some(line => line.bad);
  return (
    <section className="tsm-Split-leaks" aria-label={trans.__('Leaks')}>
      <h4>
        {trans.__('Leaks')}{' '}
        <span className={bad ? 'tsm-Field-error' : 'tsm-Split-none'}>
          {bad ? trans.__('found') : trans.__('none')}
        </span>
      </h4>
      <dl>
        {lines.map(({ name, said, bad: isBad }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={isBad ? 'tsm-Field-error' : undefined}>{said}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
