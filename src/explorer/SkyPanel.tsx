import type { TranslationBundle } from '@jupyterlab/translation';
import { useState } from 'react';
import type { ISkyResult } from '../table/requests';
import { ColumnSelect, formatCount } from '../ui';
import { LiveText, useSelected } from '../ui/live';
import { LiveSky } from '../ui/plots/SkyMap';
import { Bounds } from './Bounds';
import { FigureMenu } from './figures';
import { leftOut, rangesOf, resultOf, useLiveView, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import type { ISkyView } from './views';

const STEP = 2;

/** Where the rows are on the sky. */
export function SkyPanel({ model, trans, view }: IPanelProps<ISkyView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const { ra, dec } = view;
  const [panning, setPanning] = useState(false);
  const trouble = useSelected(() => model.plotTrouble !== null, model.changed, model.counted);
  const live = useLiveView(model, view, rangesOf);
  const known = ra !== null && dec !== null;
  const positions = info.columns.filter(({ type }) => type === 'float');
  const roles = ra === (info.roles.ra ?? null) && dec === (info.roles.dec ?? null) && known;
  return (
    <ViewFrame
      trans={trans}
      title={trans.__('sky')}
      menu={<FigureMenu model={model} trans={trans} view={view} />}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          {!roles && (
            <>
              <ColumnSelect
                label={trans.__('Right ascension')}
                columns={positions}
                value={ra}
                onChange={name => model.setView({ ...view, ra: name })}
              />
              <ColumnSelect
                label={trans.__('Declination')}
                columns={positions}
                value={dec}
                onChange={name => model.setView({ ...view, dec: name })}
              />
            </>
          )}
          {known && <Zoom model={model} trans={trans} view={view} panning={panning} onPanning={setPanning} />}
        </>
      }
      footer={
        <LiveText
          titled
          on={[model.counted]}
          read={() => {
            const result = resultOf(model, view);
            return result === null ? '' : footerOf(trans, result);
          }}
        />
      }
      actions={
        known && (
          <Bounds
            model={model}
            trans={trans}
            axes={[
              { axis: ra, label: ra, round: true },
              { axis: dec, label: dec }
            ]}
          />
        )
      }
    >
      {known && !trouble ? (
        <LiveSky
          trans={trans}
          live={live}
          wanted={model.frameOf(view)}
          panning={panning}
          onSelect={(raRange, decRange) =>
            selection.setRanges([
              [ra, raRange],
              [dec, decRange]
            ])
          }
          onApproach={() => model.hover(view.id)}
          onSize={(width, height) => model.setViewSize(view.id, width, height)}
          onZoom={(factor, at) => void model.zoom(view.id, factor, at)}
          onPan={(right, down) => model.pan(view.id, right, down)}
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}

interface IZoomProps extends IPanelProps<ISkyView> {
  readonly panning: boolean;
  readonly onPanning: (panning: boolean) => void;
}

function Zoom({ model, trans, view, panning, onPanning }: IZoomProps): JSX.Element {
  const nothing = useSelected(
    () => model.selection.where === '' || model.passed === 0,
    model.selection.changed,
    model.counted
  );
  const zoom = (to: 'data' | 'passing' | number) => void model.zoom(view.id, to);
  return (
    <>
      <button
        type="button"
        className="tsm-View-switch"
        title={trans.__('Zoom in; the mouse wheel does too')}
        aria-label={trans.__('Zoom in')}
        onClick={() => zoom(1 / STEP)}
      >
        +
      </button>
      <button
        type="button"
        className="tsm-View-switch"
        title={trans.__('Zoom out')}
        aria-label={trans.__('Zoom out')}
        onClick={() => zoom(STEP)}
      >
        −
      </button>
      <button
        type="button"
        className="tsm-View-switch"
        disabled={nothing}
        title={trans.__('Zoom to the rows that pass')}
        onClick={() => zoom('passing')}
      >
        {trans.__('fit')}
      </button>
      <button
        type="button"
        className="tsm-View-switch"
        disabled={view.frame === 'data'}
        title={trans.__('Show all rows again')}
        onClick={() => zoom('data')}
      >
        {trans.__('all')}
      </button>
      <button
        type="button"
        className="tsm-View-switch"
        aria-pressed={panning}
        title={trans.__('Drag to move the map, instead of selecting; Shift and dragging moves it always')}
        aria-label={trans.__('Move the map')}
        onClick={() => onPanning(!panning)}
      >
        ✥
      </button>
    </>
  );
}

function footerOf(trans: TranslationBundle, result: ISkyResult): string {
  return [
    result.frame.kind === 'all'
      ? trans.__('all sky, equal area')
      : trans.__('%1 × %2 deg, equal area', spanText(result.frame.x), spanText(result.frame.y)),
    ...(result.points
      ? [trans._n('%2 point', '%2 points', result.points.length / 2, formatCount(result.points.length / 2))]
      : []),
    ...leftOut(trans, result)
  ].join(' · ');
}

function spanText([low, high]: readonly [number, number]): string {
  return String(Number((high - low).toPrecision(2)));
}
