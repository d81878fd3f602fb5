import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProposed } from '../../table/source';

const WIDTH = 360;
const HEIGHT = 180;

interface IProps {
  readonly sky: IProposed['sky'];
  readonly trans: TranslationBundle;
}

/** Where the rows would be on the sky: the whole of it, right ascension to the left. */
export function SkyPreview({ sky, trans }: IProps): JSX.Element {
  const { ra, dec, outside, message } = sky;
  const points = ra
    .map((one, i) => `M${(WIDTH - one).toFixed(1)} ${(HEIGHT / 2 - dec[i]).toFixed(1)}h0`)
    .join('');
  const said = message ?? spanWords(ra, dec, trans);
  return (
    <figure className="tsm-Own-sky">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={said}>
        <rect width={WIDTH} height={HEIGHT} className="tsm-Own-frame" />
        <path d={`M0 ${HEIGHT / 2}H${WIDTH}M${WIDTH / 2} 0V${HEIGHT}`} className="tsm-Own-axes" />
        <path d={points} className="tsm-Own-points" />
      </svg>
      <figcaption>
        {said}
        {outside > 0 && message == null && (
          <strong>
            {' '}
            {trans._n(
              '%1 of the rows looked at has no place on the sky.',
              '%1 of the rows looked at have no place on the sky.',
              outside
            )}
          </strong>
        )}
      </figcaption>
    </figure>
  );
}

function spanWords(ra: readonly number[], dec: readonly number[], trans: TranslationBundle): string {
  if (ra.length === 0) {
    return trans.__('No row has a position.');
  }
  const span = (values: readonly number[]) =>
    [Math.min(...values), Math.max(...values)].map(one => one.toFixed(2));
  const [[ra0, ra1], [dec0, dec1]] = [span(ra), span(dec)];
  return trans.__('Right ascension %1 to %2, declination %3 to %4 degrees.', ra0, ra1, dec0, dec1);
}
