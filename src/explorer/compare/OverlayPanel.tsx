import { useMemo, useState } from 'react';
import type { Range } from '../../table/selection';
import { formatCount, formatTick } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { axisLabel } from '../axis';
import { AxisSelect } from '../AxisSelect';
import { overlayOf, type IOverlay } from './overlay';
import { OverlayPlot } from './OverlayPlot';
import type { OverlayMode } from './overlayDraw';
import { Modes } from './Modes';
import { Panel } from './Panel';
import { numbersOf, pairOf, type IPartProps } from './part';
import type { CompareModel } from './model';
import { SIGMAS } from './statistics';
import { axisName, binText, percent, titleOf, valueText } from './words';
import { Waits } from './Waits';

export type OverlayId = 'first' | 'second';

/** The overlay of an axis, made anew only when its counts or the brush on it change. */
export function useOverlay(model: CompareModel, id: OverlayId): IOverlay | null {
  const pair = pairOf(model, id, 'histogram');
  const axis = model.result?.plan.axes[id] ?? null;
  const scale = axis === null ? undefined : model.result?.plan.scales.get(axis);
  const brush = axis === null ? null : model.selection.range(axis);
  const [a, b] = pair ?? [null, null];
  const [low, high] = brush ?? [null, null];
  return useMemo(() => {
    const within: Range | null = low === null || high === null ? null : [low, high];
    return a === null || b === null || axis === null || scale === undefined
      ? null
      : overlayOf(axis, scale, [a, b], within);
  }, [a, b, axis, scale, low, high]);
}

interface IOverlayPanelProps extends IPartProps {
  readonly id: OverlayId;
}

/** n(z) of both, or any other histogram. */
export function OverlayPanel(props: IOverlayPanelProps): JSX.Element {
  const { model, trans, colours, id, menu } = props;
  useSignal(model.changed, model.counted, model.selection.changed);
  const [mode, setMode] = useState<OverlayMode>('shares');
  const overlay = useOverlay(model, id);
  const info = model.info(0)!;
  const axis = model.axes[id];
  const modes: readonly [OverlayMode, string, string][] = [
    ['shares', trans.__('shares'), trans.__('The part of its sample in each bin')],
    ['counts', trans.__('counts'), trans.__('Rows in each bin')],
    ['cumulative', trans.__('cumulative'), trans.__('The part of its sample up to each value')]
  ];
  return (
    <Panel
      name={id}
      title={titleOf(trans, info, axis)}
      menu={menu?.(id)}
      controls={
        <>
          <AxisSelect
            trans={trans}
            label={trans.__('Column of the histogram')}
            columns={numbersOf(model, info)}
            schema={model.selection.schema}
            value={axis}
            onChange={next => model.setAxis(id, next)}
          />
          <Modes label={trans.__('What is drawn')} modes={modes} mode={mode} onMode={setMode} />
        </>
      }
      footer={overlay === null ? null : foot(props, overlay, mode)}
    >
      {overlay === null ? (
        <Waits model={model} trans={trans} chosen={axis !== null} />
      ) : (
        <OverlayPlot
          trans={trans}
          overlay={overlay}
          mode={mode}
          colours={colours}
          axis={axisLabel(info.columns, overlay.axis)}
          label={said(props, overlay)}
          selection={model.selection.range(overlay.axis)}
          onSelect={range => model.selection.setRange(overlay.axis, range)}
        />
      )}
    </Panel>
  );
}

function foot({ model, trans, id }: IOverlayPanelProps, overlay: IOverlay, mode: OverlayMode): string {
  const { scale, totals, kolmogorov } = overlay;
  const step = (scale.range[1] - scale.range[0]) / scale.bins;
  const notes = [
    trans.__(
      'A %1, B %2 in steps of %3',
      formatCount(totals[0]),
      formatCount(totals[1]),
      formatTick(step, step)
    )
  ];
  // that of the first is in the summary
  if (kolmogorov !== null && id === 'second') {
    notes.push(
      trans.__(
        'Kolmogorov–Smirnov D = %1, effective n = %2 (from %3 bins)',
        kolmogorov.distance.toFixed(4),
        formatCount(kolmogorov.effective),
        formatCount(scale.fine)
      )
    );
  }
  // under a brush on this axis it can't be told which rows have no value
  if (model.selection.range(overlay.axis) === null && model.result !== null) {
    const missing = model.result.passed.map((passed, side) => passed - totals[side]);
    if (missing.some(rows => rows > 0)) {
      notes.push(
        trans.__('without value or outside: A %1, B %2', formatCount(missing[0]), formatCount(missing[1]))
      );
    }
  }
  if (mode === 'shares') {
    notes.push(trans.__('pale: below %1 σ (Poisson)', SIGMAS));
  }
  return notes.join(' · ');
}

function said({ model, trans }: IPartProps, overlay: IOverlay): string {
  const info = model.info(0)!;
  const name = axisName(info, overlay.axis);
  const { scale, totals, medians, largest, shares } = overlay;
  const fine = (scale.range[1] - scale.range[0]) / scale.fine;
  const median = (side: 0 | 1) =>
    medians[side] === null ? '–' : valueText(info, overlay.axis, medians[side], 10 * fine);
  return [
    trans.__(
      'Steps of %1 for A, %2 rows with median %3, and B, %4 rows with median %5.',
      name,
      formatCount(totals[0]),
      median(0),
      formatCount(totals[1]),
      median(1)
    ),
    largest === null
      ? trans.__('No bin differs beyond what counting explains.')
      : trans.__(
          'They differ most at %1: A %2, B %3.',
          binText(scale, largest),
          percent(shares[0][largest]),
          percent(shares[1][largest])
        ),
    trans.__('Arrow keys move a selection, Shift with them widens it, Escape clears it.')
  ].join(' ');
}
