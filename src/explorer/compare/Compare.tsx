import type { TranslationBundle } from '@jupyterlab/translation';
import { useRef, type ReactNode } from 'react';
import { Chip } from '../../ui/chip';
import { formatCount } from '../../ui/format';
import { useSignal } from '../../ui/hooks';
import { Empty, Loading, Trouble } from '../../ui/states';
import { useTheme } from '../../ui/theme';
import { Copy } from '../Copy';
import { CategoriesPanel } from './CategoriesPanel';
import { comparisonPython } from './code';
import { sampleColours } from './colours';
import { DensityPanels } from './DensityPanels';
import { Head } from './Head';
import type { CompareModel } from './model';
import type { IObjectsService } from './objects';
import { ObjectsPanel } from './ObjectsPanel';
import { OverlayPanel, useOverlay } from './OverlayPanel';
import type { PartName } from './part';
import { RestrictBar } from './RestrictBar';
import { LETTERS, SIDES, type ITableHandle } from './samples';
import { SkyPanel } from './SkyPanel';
import { summaryOf, unmatched } from './summary';
import '../../../style/ui.css';
import '../../../style/fields.css';
import '../../../style/explorer.css';
import '../../../style/explorer-views.css';
import '../../../style/explorer-condition.css';
import '../../../style/compare.css';

export interface ICompareProps {
  readonly model: CompareModel;
  readonly trans: TranslationBundle;
  /** Ask for a table; without it, only the tables at hand can be compared. */
  readonly chooseTable?: () => Promise<ITableHandle | null>;
  /** Show at first how to choose other rows. */
  readonly choosing?: boolean;
  /** What matches the objects of two tables, where something can. */
  readonly objects?: IObjectsService;
  /** Placed in the head of each plot: a menu that saves its figure. */
  readonly menu?: (part: PartName) => ReactNode;
}

/** Two catalogues, or two parts of one: what they share, and where they differ. */
export function Compare(props: ICompareProps): JSX.Element {
  const { model, trans, chooseTable, choosing = false, menu, objects } = props;
  useSignal(model.changed, model.samplesChanged);
  const host = useRef<HTMLDivElement>(null);
  const { dark } = useTheme(host);
  const colours = sampleColours([model.label(0), model.label(1)]);
  const none = SIDES.every(side => model.samples[side] === null);
  const ready = model.matching !== null && SIDES.every(side => model.problem(side) === null);
  const part = { model, trans, colours, menu };
  return (
    <div className="tsm-Explorer tsm-Compare" ref={host}>
      {none ? (
        <Empty
          title={trans.__('Compare two catalogues, or two parts of one.')}
          action={
            chooseTable && {
              label: trans.__('Choose a table…'),
              run: () => void begin(model, chooseTable)
            }
          }
        >
          {trans.__('Their redshifts, magnitudes, places on the sky and flags, side by side.')}
        </Empty>
      ) : (
        <Head {...{ model, trans, colours, chooseTable, choosing }}>
          <Access model={model} trans={trans} />
        </Head>
      )}
      {model.trouble !== null && (
        <Trouble
          title={trans.__('They could not be compared.')}
          actions={[{ label: trans.__('Try again'), run: () => model.retry() }]}
        >
          {model.trouble.message} {model.trouble.remedy}
        </Trouble>
      )}
      {!none && model.loading && model.matching === null && (
        <Loading label={trans.__('Reading what the tables hold…')} />
      )}
      {!none && !model.loading && model.trouble === null && model.samples[1] === null && (
        <Empty title={trans.__('Choose what to compare it with.')}>
          {trans.__('Above, under “Rows of B”: a part of the same table, a condition, or another table.')}
        </Empty>
      )}
      {ready && (
        <>
          <RestrictBar model={model} trans={trans}>
            <span className="tsm-Condition-actions">
              <Copy trans={trans} label={trans.__('Copy as Python')} text={() => comparisonPython(model)} />
            </span>
          </RestrictBar>
          <Summary model={model} trans={trans} />
          <div className="tsm-Compare-views">
            <OverlayPanel {...part} id="first" />
            <OverlayPanel {...part} id="second" />
            <DensityPanels {...part} dark={dark} />
            <SkyPanel {...part} />
            <CategoriesPanel {...part} />
            {objects && <ObjectsPanel model={model} trans={trans} service={objects} />}
          </div>
        </>
      )}
    </div>
  );
}

async function begin(model: CompareModel, chooseTable: () => Promise<ITableHandle | null>): Promise<void> {
  const table = await chooseTable();
  if (table !== null) {
    await model.begin({ table, condition: '' });
  }
}

function Access({ model, trans }: { model: CompareModel; trans: TranslationBundle }): JSX.Element | null {
  const restricted = SIDES.some(side => (model.info(side)?.access ?? 'public') !== 'public');
  return restricted ? (
    <Chip
      kind="restricted"
      title={trans.__(
        'It holds LSST data: share it, and figures of its points, with data-rights holders only.'
      )}
    >
      {trans.__('data-rights holders only')}
    </Chip>
  ) : null;
}

/** The findings in words, and what of the tables could not be compared. */
function Summary({ model, trans }: { model: CompareModel; trans: TranslationBundle }): JSX.Element {
  useSignal(model.changed, model.counted, model.selection.changed);
  const overlay = useOverlay(model, 'first');
  const lines = summaryOf(trans, model, overlay);
  const notes = unmatched(trans, model);
  const samples = SIDES.flatMap(side => {
    const sampled = model.info(side)?.sampled;
    return sampled && !(side === 1 && model.single)
      ? [trans.__('%1 is from a sample of a catalogue of %2 rows.', LETTERS[side], formatCount(sampled.of))]
      : [];
  });
  const text = () => [...lines, ...samples, ...notes].join('\n');
  return (
    <section className="tsm-Compare-summary" aria-label={trans.__('Summary')}>
      <div>
        {lines.length === 0 ? (
          <p>{model.trouble === null ? trans.__('Counting…') : ''}</p>
        ) : (
          lines.map(line => <p key={line}>{line}</p>)
        )}
        {[...samples, ...notes].map(note => (
          <p className="tsm-Explorer-muted" key={note}>
            {note}
          </p>
        ))}
      </div>
      <Copy trans={trans} label={trans.__('Copy summary')} disabled={lines.length === 0} text={text} />
    </section>
  );
}
