import { ColumnSelect, SkyMap } from '../ui';
import { leftOut, resultOf, Waiting, type IPanelProps } from './panels';
import { ViewFrame } from './ViewFrame';
import type { ISkyView } from './views';

/** Where the rows are on the sky. */
export function SkyPanel({ model, trans, view }: IPanelProps<ISkyView>): JSX.Element {
  const info = model.info!;
  const { selection } = model;
  const result = resultOf(model, view);
  const known = view.ra !== null && view.dec !== null;
  const positions = info.columns.filter(({ type }) => type === 'float');
  const zoomed = view.frame !== 'data';
  const roles = view.ra === (info.roles.ra ?? null) && view.dec === (info.roles.dec ?? null) && known;
  return (
    <ViewFrame
      trans={trans}
      title={trans.__('sky')}
      onClose={() => model.removeView(view.id)}
      controls={
        <>
          {!roles && (
            <>
              <ColumnSelect
                label={trans.__('Right ascension')}
                columns={positions}
                value={view.ra}
                onChange={ra => model.setView({ ...view, ra })}
              />
              <ColumnSelect
                label={trans.__('Declination')}
                columns={positions}
                value={view.dec}
                onChange={dec => model.setView({ ...view, dec })}
              />
            </>
          )}
          {known && (
            <>
              <button
                type="button"
                className="tsm-View-switch"
                disabled={selection.where === '' || model.passed === 0}
                title={trans.__('Zoom to the rows that pass')}
                onClick={() => void model.zoom(view.id, 'passing')}
              >
                {trans.__('zoom')}
              </button>
              <button
                type="button"
                className="tsm-View-switch"
                disabled={!zoomed}
                title={trans.__('Show all rows again')}
                onClick={() => void model.zoom(view.id, 'data')}
              >
                {trans.__('all')}
              </button>
            </>
          )}
        </>
      }
      footer={
        result === null
          ? null
          : [
              result.frame.kind === 'all'
                ? trans.__('all sky, equal area')
                : trans.__('%1 × %2 deg, equal area', spanText(result.frame.x), spanText(result.frame.y)),
              ...leftOut(trans, result)
            ].join(' · ')
      }
    >
      {known && model.plotTrouble === null ? (
        <SkyMap
          trans={trans}
          result={result}
          raSelection={selection.range(view.ra!)}
          decSelection={selection.range(view.dec!)}
          onSelect={(ra, dec) =>
            selection.setRanges([
              [view.ra!, ra],
              [view.dec!, dec]
            ])
          }
          onSize={(width, height) => model.setViewSize(view.id, width, height)}
        />
      ) : (
        <Waiting model={model} trans={trans} view={view} />
      )}
    </ViewFrame>
  );
}

function spanText([low, high]: readonly [number, number]): string {
  return String(Number((high - low).toPrecision(2)));
}
