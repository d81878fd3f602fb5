/** Where the match runs, in words; what the plan would choose, and why, stands under it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { FieldProps } from '@rjsf/utils';

import type { IFormContext } from '../fields';
import { expectedOf } from './summary';
import { aboutTime } from './words';

export function RunField(props: FieldProps): JSX.Element {
  const { trans, report } = props.formContext as IFormContext;
  const value = (props.formData as string | undefined) ?? 'auto';
  const places = (props.schema.examples as string[] | undefined) ?? [value];
  const proposed = expectedOf(report)?.run;
  return (
    <div className="tsm-Rows">
      <select
        id={props.idSchema.$id}
        className="jp-mod-styled"
        value={value}
        disabled={props.disabled}
        onChange={event => props.onChange(event.target.value)}
      >
        {places.map(place => (
          <option key={place} value={place}>
            {nameOf(place, trans)}
          </option>
        ))}
      </select>
      {value === 'auto' && proposed ? (
        <p className="tsm-Match-proposed">
          {trans.__(
            'The plan: %1, %2; %3.',
            proposed.where === 'engine' ? trans.__('as a job, by LSDB') : trans.__('in memory'),
            aboutTime(proposed.seconds, trans),
            proposed.why
          )}
        </p>
      ) : null}
      <p className="tsm-Field-description">{wordsOf(value, trans)}</p>
    </div>
  );
}

function nameOf(place: string, trans: TranslationBundle): string {
  const names: { readonly [place: string]: string } = {
    auto: trans.__('As the plan proposes'),
    memory: trans.__('Here, in memory'),
    engine: trans.__('In a job of the engine, by LSDB'),
    'pz-server': trans.__('On the PZ Server'),
    tap: trans.__('In the Rubin Science Platform, by TAP')
  };
  return names[place] ?? place;
}

function wordsOf(place: string, trans: TranslationBundle): string {
  const words: { readonly [place: string]: string } = {
    auto: trans.__('In memory or in a job, which give the same rows.'),
    memory: trans.__('Reads only the partitions, columns and rows that are wanted.'),
    engine: trans.__(
      'Partition by partition; it goes on when JupyterLab is closed, and a stop keeps what is done. The same rows as in memory.'
    ),
    'pz-server': trans.__(
      'Its Training Set Maker matches; the redshifts are uploaded there. Photometry and margins are its own: differences are told.'
    ),
    tap: trans.__(
      'For at most 50,000 positions, which are uploaded to the service. Differences to a match here are told.'
    )
  };
  return words[place] ?? '';
}
