/** What is known before a match that a PZ Server or a TAP service makes. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../../ui/format';
import type { IFar } from './summary';
import { megabytes } from './words';

/** Positions in one upload to a TAP service. */
const UPLOAD = 10_000;

export function FarExpected({ far, trans }: { far: IFar; trans: TranslationBundle }): JSX.Element {
  const onServer = far.where === 'pz-server';
  const uploads = Math.max(1, Math.ceil(far.rows / UPLOAD));
  const lines: (readonly [string, string, string])[] = [
    [
      trans.__('Where'),
      onServer ? trans.__('on the PZ Server') : trans.__('by TAP'),
      [
        far.server ?? trans.__('it has not answered'),
        onServer ? far.release : (far.table ?? far.release)
      ].join(' · ')
    ],
    [
      trans.__('Sent'),
      trans._n('%2 position', '%2 positions', far.rows, formatCount(far.rows)),
      onServer
        ? trans.__('with redshift, flag and survey, as a catalogue of yours there')
        : trans._n(
            'in %1 upload, and nothing else of them',
            'in %1 uploads, and nothing else of them',
            uploads
          )
    ],
    ...(onServer && far.flux
      ? [
          [
            trans.__('Photometry'),
            [far.flux, far.photometry].filter(Boolean).join(', '),
            dust(far, trans)
          ] as const
        ]
      : []),
    [
      trans.__('Size'),
      trans.__('at most %1 of %2', megabytes(far.result.file_bytes), megabytes(far.result.limit_bytes)),
      trans.__('of what the PZ Server takes in one upload; if every position has an object')
    ],
    [
      trans.__('Time'),
      trans.__('not known'),
      onServer
        ? trans.__('its process waits in the queue of the server; the run follows it')
        : trans.__('as fast as the service answers; answers that are there are kept')
    ],
    [
      trans.__('Matches'),
      trans.__('known after the run'),
      trans.__('overlap and chance matches can be told beforehand only of a release on this machine')
    ]
  ];
  return (
    <table className="tsm-Combined-table tsm-Match-expected">
      <caption className="tsm-hidden">{trans.__('What the match to %1 will ask for', far.release)}</caption>
      <tbody>
        {lines.map(([name, value, more]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className="tsm-mod-now">{value}</td>
            <td className="tsm-Match-more">{more}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function dust({ dereddened, dust_map }: IFar, trans: TranslationBundle): string {
  return dereddened
    ? trans.__('corrected for the Milky Way’s dust there (%1)', dust_map ?? trans.__('its map'))
    : trans.__('not corrected for dust');
}
