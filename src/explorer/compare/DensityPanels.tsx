import { useCallback, useMemo, useState } from 'react';
import type { Range } from '../../table/selection';
import { formatCount, formatTick } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { CellPlot } from '../../ui/plots/Difference';
import { divergingRamp, shareRamp } from '../../ui/plots/shareRamps';
import type { ITheme } from '../../ui/theme';
import { axisLabel } from '../axis';
import { AxisSelect } from '../AxisSelect';
import { cellPair, differenceColour, joinedCell, shareColour, type ICellPair } from './cells';
import { ColourBar } from './ColourBar';
import type { CompareModel } from './model';
import { Panel } from './Panel';
import { numbersOf, pairOf, type IPartProps } from './part';
import { LETTERS, type Side } from './samples';
import { largest, SIGMAS } from './statistics';
import { axisName, percent, points } from './words';
import { Waits } from './Waits';

/** Both densities in common cells, made anew only when the counts or the brushes on their axes change. */
function useCells(model: CompareModel): ICellPair | null {
  const pair = pairOf(model, 'density', 'density');
  const axes = model.result?.plan.axes;
  const x = axes?.x ? model.selection.range(axes.x) : null;
  const y = axes?.y ? model.selection.range(axes.y) : null;
  const [a, b] = pair ?? [null, null];
  const [x0, x1] = x ?? [null, null];
  const [y0, y1] = y ?? [null, null];
  return useMemo(() => {
    const range = (low: number | null, high: number | null): Range | null =>
      low === null || high === null ? null : [low, high];
    return a === null || b === null ? null : cellPair([a, b], range(x0, x1), range(y0, y1));
  }, [a, b, x0, x1, y0, y1]);
}

/** The density of A, that of B, and their difference. */
export function DensityPanels(props: IPartProps & { readonly dark: boolean }): JSX.Element {
  const { model, trans, colours, menu, dark } = props;
  useSignal(model.changed, model.counted, model.selection.changed);
  const cells = useCells(model);
  const info = model.info(0)!;
  const { axes } = model;
  const numbers = numbersOf(model, info);
  const chosen = axes.x !== null && axes.y !== null;
  const choices = (
    <>
      <AxisSelect
        trans={trans}
        label={trans.__('Across')}
        columns={numbers}
        schema={model.selection.schema}
        value={axes.x}
        onChange={x => model.setAxis('x', x)}
      />
      <span aria-hidden="true">×</span>
      <AxisSelect
        trans={trans}
        label={trans.__('Upwards')}
        columns={numbers}
        schema={model.selection.schema}
        value={axes.y}
        onChange={y => model.setAxis('y', y)}
      />
    </>
  );
  const waits = <Waits model={model} trans={trans} chosen={chosen} />;
  return (
    <>
      {([0, 1] as const).map(side => (
        <Panel
          key={side}
          name={`density${LETTERS[side]}`}
          title={trans.__('density of %1', LETTERS[side])}
          menu={menu?.(`density${LETTERS[side]}`)}
          controls={<span className="tsm-Compare-named">{model.label(side)}</span>}
          footer={
            cells === null
              ? null
              : trans.__('%1 rows in cells of %2', formatCount(cells.totals[side]), cellText(cells, 1))
          }
        >
          {cells === null ? waits : <Shares {...props} cells={cells} side={side} />}
          {cells !== null && cells.most > 0 && (
            <ColourBar
              ramp={shareRamp(colours[side], dark)}
              labels={[percent(cells.least), trans.__('share of rows per cell, log'), percent(cells.most)]}
            />
          )}
        </Panel>
      ))}
      <Panel
        name="difference"
        title={trans.__('difference')}
        controls={choices}
        menu={menu?.('difference')}
        footer={cells === null ? null : differenceFoot(props, cells)}
      >
        {cells === null ? waits : <Difference {...props} cells={cells} />}
        {cells !== null && cells.joined.difference.most > 0 && (
          <ColourBar
            ramp={divergingRamp(colours[1], colours[0], dark)}
            labels={[
              trans.__('B +%1', percent(cells.joined.difference.most)),
              trans.__('share per cell, A − B (root)'),
              trans.__('A +%1', percent(cells.joined.difference.most))
            ]}
          />
        )}
      </Panel>
    </>
  );
}

function cellText({ results: [{ nx, ny, xRange, yRange }] }: ICellPair, factor: number): string {
  const [dx, dy] = [(factor * (xRange[1] - xRange[0])) / nx, (factor * (yRange[1] - yRange[0])) / ny];
  return `${formatTick(dx, dx)} × ${formatTick(dy, dy)}`;
}

function differenceFoot({ trans }: IPartProps, cells: ICellPair): string {
  const { factor, difference } = cells.joined;
  return trans.__(
    '%1 of %2 cells of %3 differ by %4 σ or more (Poisson; about 1 in 20 would by chance); the others are pale',
    formatCount(difference.certain),
    formatCount(difference.filled),
    cellText(cells, factor),
    SIGMAS
  );
}

interface ICellsProps extends IPartProps {
  readonly cells: ICellPair;
}

function useBrush({ model, cells }: ICellsProps) {
  const [{ xRange, yRange, nx, ny }] = cells.results;
  const info = model.info(0)!;
  const { x, y } = model.result!.plan.axes;
  return {
    xLabel: axisLabel(info.columns, x!),
    yLabel: axisLabel(info.columns, y!),
    xRange,
    yRange,
    nx,
    ny,
    xSelection: model.selection.range(x!),
    ySelection: model.selection.range(y!),
    onSelect: (across: Range | null, up: Range | null) =>
      model.selection.setRanges([
        [x!, across],
        [y!, up]
      ])
  };
}

function Shares(props: ICellsProps & { readonly side: Side }): JSX.Element {
  const { trans, colours, cells, side } = props;
  const brush = useBrush(props);
  const [hover, setHover] = useState<number | null>(null);
  const colour = colours[side];
  const paint = useCallback(
    (theme: ITheme) =>
      shareColour(cells.shares[side], cells.least, cells.most, shareRamp(colour, theme.dark)),
    [cells, side, colour]
  );
  return (
    <>
      <CellPlot
        {...brush}
        colours={paint}
        onHover={setHover}
        label={trans.__(
          'Density of %1: %2 rows, %3 across and %4 upwards. Arrow keys move a selection, Shift with them widens it, Escape clears it.',
          LETTERS[side],
          formatCount(cells.totals[side]),
          brush.xLabel,
          brush.yLabel
        )}
      />
      {hover !== null && (
        <div className="tsm-Plot-tip tsm-mod-bottom">
          {trans.__(
            '%1 rows, %2',
            formatCount(cells.results[side].passed[hover]),
            percent(cells.shares[side][hover])
          )}
        </div>
      )}
    </>
  );
}

function Difference(props: ICellsProps): JSX.Element {
  const { model, trans, colours, cells } = props;
  const brush = useBrush(props);
  const [hover, setHover] = useState<number | null>(null);
  const [a, b] = colours;
  const { totals, joined } = cells;
  const { difference, shares, factor } = joined;
  const paint = useCallback(
    (theme: ITheme) => {
      const colour = differenceColour(difference, divergingRamp(b, a, theme.dark));
      return (cell: number) => colour(joinedCell(cell, brush.nx, factor));
    },
    [difference, factor, brush.nx, a, b]
  );
  const most = largest(difference);
  const info = model.info(0)!;
  const place = (cell: number) => {
    const { x, y } = model.result!.plan.axes;
    const middle = ([low, high]: Range, i: number, n: number) => {
      const step = (factor * (high - low)) / n;
      return formatTick(low + (i + 0.5) * step, step / 2);
    };
    return trans.__(
      '%1 %2, %3 %4',
      axisName(info, x!),
      middle(brush.xRange, cell % joined.nx, brush.nx),
      axisName(info, y!),
      middle(brush.yRange, Math.floor(cell / joined.nx), brush.ny)
    );
  };
  return (
    <>
      <CellPlot
        {...brush}
        colours={paint}
        onHover={cell => setHover(cell === null ? null : joinedCell(cell, brush.nx, factor))}
        label={[
          trans.__(
            'Difference of the densities of A, %1 rows, and B, %2 rows, %3 across and %4 upwards.',
            formatCount(totals[0]),
            formatCount(totals[1]),
            brush.xLabel,
            brush.yLabel
          ),
          trans.__(
            '%1 of %2 cells differ by %3 σ or more.',
            formatCount(difference.certain),
            formatCount(difference.filled),
            SIGMAS
          ),
          most === null
            ? ''
            : trans.__(
                'The largest difference is at %1: A %2, B %3.',
                place(most),
                percent(shares[0][most]),
                percent(shares[1][most])
              ),
          trans.__('Arrow keys move a selection, Shift with them widens it, Escape clears it.')
        ].join(' ')}
      />
      {hover !== null && (
        <div className="tsm-Plot-tip tsm-mod-bottom">
          {trans.__(
            '%1: A %2, B %3, %4',
            place(hover),
            percent(shares[0][hover]),
            percent(shares[1][hover]),
            points(difference.value[hover])
          )}
        </div>
      )}
    </>
  );
}
