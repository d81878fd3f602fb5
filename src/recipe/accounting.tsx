/** Row accounting as a picture: for each step what came in, what stayed, what left and why. */
import type { TranslationBundle } from '@jupyterlab/translation';

import { formatCount } from '../ui/format';
import type { IReport } from './backend';

export { Findings } from './findings';

/** One step of the picture; steps that ran on each input are added up. */
export interface IStage {
  readonly title: string;
  readonly rowsIn: number;
  readonly rowsOut: number;
  readonly added: { [reason: string]: number };
  readonly dropped: { [reason: string]: number };
  readonly setAside: { [reason: string]: number };
  readonly estimated: boolean;
}

export interface IStageSource {
  readonly op: string;
  readonly index: number;
  readonly title?: string;
  readonly report?: IReport | null;
  readonly estimated?: boolean;
}

/** Stages in the order of the recipe; neighbours that run the same operation on one input each are one stage. */
export function stagesOf(sources: readonly IStageSource[]): IStage[] {
  const stages: { -readonly [K in keyof IStage]: IStage[K] }[] = [];
  let last: IStageSource | null = null;
  for (const source of [...sources].sort((a, b) => a.index - b.index)) {
    const { op, title, report, estimated } = source;
    if (!report) {
      continue;
    }
    if (!(last?.op === op && last.report?.input && report.input)) {
      stages.push({
        title: title ?? op,
        rowsIn: 0,
        rowsOut: 0,
        added: {},
        dropped: {},
        setAside: {},
        estimated: false
      });
    }
    last = source;
    const stage = stages[stages.length - 1];
    stage.rowsIn += report.rows_in;
    stage.rowsOut += report.rows_out;
    stage.estimated ||= estimated ?? false;
    sum(stage.added, report.added);
    sum(stage.dropped, report.dropped);
    sum(stage.setAside, report.set_aside);
  }
  return stages;
}

function sum(into: { [reason: string]: number }, from: { readonly [reason: string]: number }): void {
  for (const [reason, count] of Object.entries(from)) {
    if (count > 0) {
      into[reason] = (into[reason] ?? 0) + count;
    }
  }
}

export function Accounting({ stages, trans }: { stages: IStage[]; trans: TranslationBundle }): JSX.Element {
  const most = Math.max(1, ...stages.map(stage => Math.max(stage.rowsIn, stage.rowsOut)));
  const width = (rows: number) => `${(100 * rows) / most}%`;
  const has = (reasons: keyof Pick<IStage, 'dropped' | 'setAside'>) =>
    stages.some(stage => Object.keys(stage[reasons]).length > 0);
  const legend = [
    has('setAside') ? trans.__('○ kept, set aside') : '',
    has('dropped') ? trans.__('− left out') : ''
  ].filter(Boolean);
  return (
    <>
      <ol className="tsm-Accounting" aria-label={trans.__('Row accounting')}>
        {stages.map((stage, index) => {
          const lost = Object.values(stage.dropped).reduce((a, b) => a + b, 0);
          const aside = Math.min(
            stage.rowsOut,
            Object.values(stage.setAside).reduce((a, b) => a + b, 0)
          );
          return (
            <li key={index}>
              <div className="tsm-Accounting-head">
                <span className="tsm-Accounting-title">{stage.title}</span>
                <span className="tsm-Accounting-count">
                  {stage.estimated ? '~' : ''}
                  {stage.rowsIn === stage.rowsOut
                    ? formatCount(stage.rowsOut)
                    : `${formatCount(stage.rowsIn)} → ${formatCount(stage.rowsOut)}`}
                </span>
              </div>
              <div className="tsm-Accounting-bar" aria-hidden="true">
                <span className="tsm-mod-kept" style={{ width: width(stage.rowsOut - aside) }} />
                <span className="tsm-mod-aside" style={{ width: width(aside) }} />
                <span className="tsm-mod-lost" style={{ width: width(lost) }} />
              </div>
              <Reasons reasons={stage.added} sign="+" trans={trans} />
              <Reasons reasons={stage.dropped} sign="−" trans={trans} />
              <Reasons reasons={stage.setAside} sign="○" trans={trans} />
            </li>
          );
        })}
      </ol>
      {legend.length > 0 ? (
        <p className="tsm-Field-description">{trans.__('Rows: %1', legend.join(' · '))}</p>
      ) : null}
    </>
  );
}

function Reasons(props: {
  reasons: { [reason: string]: number };
  sign: string;
  trans: TranslationBundle;
}): JSX.Element | null {
  const entries = Object.entries(props.reasons).sort(([, a], [, b]) => b - a);
  if (entries.length === 0) {
    return null;
  }
  const words: { [sign: string]: string } = {
    '+': props.trans.__('added'),
    '−': props.trans.__('left out'),
    '○': props.trans.__('kept, set aside')
  };
  return (
    <ul className="tsm-Accounting-reasons">
      {entries.map(([reason, count]) => (
        <li key={reason} title={words[props.sign]}>
          <span aria-label={words[props.sign]}>{props.sign}</span> {formatCount(count)} {reason}
        </li>
      ))}
    </ul>
  );
}
