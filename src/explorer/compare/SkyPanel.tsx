import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatTick } from '../../ui/format';
import { useSignal, useSize } from '../../ui/hooks';
import { PlotCanvas, type IBox } from '../../ui/plots/canvas';
import { drawImage } from '../../ui/plots/Difference';
import { cssOf, divergingRamp } from '../../ui/plots/shareRamps';
import { drawSkyGrid } from '../../ui/plots/skyGrid';
import { useTheme } from '../../ui/theme';
import { differenceColour } from './cells';
import { ColourBar } from './ColourBar';
import { Modes } from './Modes';
import { Panel } from './Panel';
import { pairOf, type IPartProps } from './part';
import { bothColour, coverColour, coverOf, type ICover } from './sky';
import * as statistics from './statistics';
import { percent } from './words';
import { Waits } from './Waits';

/** Where both are on the sky: two colours and that of what they share, or the difference of their shares. */
export function SkyPanel({ model, trans, colours, menu }: IPartProps): JSX.Element {
  useSignal(model.changed, model.counted);
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const theme = useTheme(host);
  const [mode, setMode] = useState<'cover' | 'difference'>('cover');
  const pair = pairOf(model, 'sky', 'sky');
  const [a, b] = pair ?? [null, null];
  const known = model.result === null || model.result.plan.position !== null;
  const [right, bottom] = [Math.max(5, size.width - 4), Math.max(5, size.height - 4)];
  const measured = size.width > 8 && size.height > 8;
  useEffect(() => {
    if (measured) {
      model.setSkySize(right - 4, bottom - 4);
    }
  }, [model, measured, right, bottom]);
  const found = useMemo(
    () =>
      a === null || b === null
        ? null
        : { cover: coverOf([a, b]), difference: statistics.difference(a.passed, b.passed) },
    [a, b]
  );
  const [colourA, colourB] = colours;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      if (a === null || b === null || found === null) {
        return;
      }
      const box: IBox = { left: 4, top: 4, right, bottom };
      const colour =
        mode === 'cover'
          ? coverColour([a, b], [colourA, colourB], theme.dark)
          : differenceColour(found.difference, divergingRamp(colourB, colourA, theme.dark));
      drawImage(context, box, a.nx, a.ny, colour, true);
      drawSkyGrid(context, theme, box, a.frame);
    },
    [theme, a, b, found, mode, colourA, colourB, right, bottom]
  );
  const text = found === null ? '' : coverText({ model, trans, colours }, found.cover);
  const modes = [
    ['cover', trans.__('overlap'), trans.__('Where A is, where B is, and where both are')],
    ['difference', trans.__('difference'), trans.__('The share of A in each cell, less that of B')]
  ] as const;
  return (
    <Panel
      name="sky"
      title={trans.__('sky')}
      menu={menu?.('sky')}
      controls={
        known && <Modes label={trans.__('What is drawn')} modes={modes} mode={mode} onMode={setMode} />
      }
      footer={
        found === null
          ? null
          : mode === 'cover'
            ? text
            : trans.__(
                '%1 of %2 cells differ by %3 σ or more (Poisson); the others are pale',
                formatCount(found.difference.certain),
                formatCount(found.difference.filled),
                statistics.SIGMAS
              )
      }
    >
      {!known || (model.result !== null && pair === null) ? (
        <Waits
          model={model}
          trans={trans}
          chosen={false}
          why={trans.__('No map: it is not known of both where right ascension and declination are.')}
        />
      ) : (
        <>
          <div
            className="tsm-Plot"
            ref={host}
            role="img"
            aria-label={
              found === null
                ? trans.__('A sky map on its way')
                : `${trans.__('Sky map, RA to the left.')} ${text}`
            }
          >
            <PlotCanvas size={size} draw={draw} />
          </div>
          {mode === 'cover' ? (
            <span className="tsm-Compare-key" aria-hidden="true">
              <Key colour={colourA} label={trans.__('A only')} />
              <Key colour={colourB} label={trans.__('B only')} />
              <Key colour={cssOf(bothColour(colours, theme.dark))} label={trans.__('both')} />
            </span>
          ) : (
            found !== null &&
            found.difference.most > 0 && (
              <ColourBar
                ramp={divergingRamp(colourB, colourA, theme.dark)}
                labels={[
                  trans.__('B +%1', percent(found.difference.most)),
                  trans.__('share per cell, A − B (root)'),
                  trans.__('A +%1', percent(found.difference.most))
                ]}
              />
            )
          )}
        </>
      )}
    </Panel>
  );
}

function Key({ colour, label }: { readonly colour: string; readonly label: string }): JSX.Element {
  return (
    <span>
      <span className="tsm-Legend-colour" style={{ background: colour }} /> {label}
    </span>
  );
}

/** The areas, by the cells that hold rows. */
function coverText({ trans }: IPartProps, { onlyA, both, onlyB, area, width }: ICover): string {
  const deg = (cells: number) => {
    const value = cells * area;
    return value === 0 ? '0' : String(Number(value.toPrecision(3)));
  };
  return trans.__(
    'cells with rows, %1° wide: A only %2 deg², both %3 deg², B only %4 deg²',
    formatTick(width, width / 10),
    deg(onlyA),
    deg(both),
    deg(onlyB)
  );
}
