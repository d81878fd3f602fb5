import type { TranslationBundle } from '@jupyterlab/translation';
import { useRef } from 'react';
import type { Range } from '../table/selection';
import type { IColumnInfo } from '../table/source';
import { HeadPlot, useSize } from '../ui';
import { ticksOf } from '../ui/plots/axes';

export interface IProfilePlotProps {
  readonly trans: TranslationBundle;
  readonly column: IColumnInfo;
  readonly passed?: Uint32Array;
  readonly selection: Range | null;
  readonly onSelect: (range: Range | null) => void;
}

/** A column's distribution with its axis; drag over it to select a range. */
export function ProfilePlot({ trans, column, passed, selection, onSelect }: IProfilePlotProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const { width } = useSize(host);
  const edges = column.histogram?.edges ?? [0, 1];
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const ticks = ticksOf(low, high, 4);
  return (
    <div className="tsm-Profile-plot">
      <div ref={host}>
        <HeadPlot
          trans={trans}
          column={column}
          width={width}
          passed={passed}
          selection={selection}
          onSelect={onSelect}
          picked={null}
        />
      </div>
      <div className="tsm-Profile-axis" aria-hidden="true">
        {ticks.map(({ value, label }) => (
          <span key={label} style={{ left: `${(100 * (value - low)) / (high - low)}%` }}>
            {label}
          </span>
        ))}
      </div>
    </div>
  );
}
