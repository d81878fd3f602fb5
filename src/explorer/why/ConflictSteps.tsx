import type { TranslationBundle } from '@jupyterlab/translation';
import { formatCount } from '../../ui';
import type { ExplorerModel } from '../model';
import type { IPlace } from './explanation';

export interface IConflictStepsProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly place: IPlace | null;
}

/** From one object in conflict to the next, and to the list of all. */
export function ConflictSteps({ model, trans, place }: IConflictStepsProps): JSX.Element | null {
  if (place === null || place.total === 0) {
    return null;
  }
  const { why } = model;
  const step = (label: string, sign: string, to: string | null) => (
    <button
      type="button"
      className="tsm-View-switch"
      aria-label={label}
      title={label}
      // stays in the order of the keys, so that the last step does not lose them
      aria-disabled={to === null}
      onClick={() => {
        if (to !== null) {
          void why.open(to);
        }
      }}
    >
      {sign}
    </button>
  );
  const total = formatCount(place.total);
  const words =
    place.place === null
      ? trans._n('1 conflict', '%2 conflicts', place.total, total)
      : trans._n('%3 of 1 conflict', '%3 of %2 conflicts', place.total, total, formatCount(place.place));
  return (
    <span className="tsm-Why-steps" role="group" aria-label={trans.__('Conflicts')}>
      {step(trans.__('Previous conflict'), '◀', place.previous)}
      {model.source.conflicts === undefined ? (
        <span aria-live="polite">{words}</span>
      ) : (
        <button
          type="button"
          className="tsm-View-switch"
          title={trans.__('List all conflicts')}
          onClick={() => why.setListed(true)}
        >
          <span aria-live="polite">{words}</span>
        </button>
      )}
      {step(trans.__('Next conflict'), '▶', place.next)}
    </span>
  );
}
