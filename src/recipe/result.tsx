/** What a run made: parts, n(z), accounting, files, citations, and the check that it is what it says. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useState } from 'react';

import { createBinner } from '../table/binner';
import type { IHistogramResult } from '../table/requests';
import type { ITableSource } from '../table/source';
import { Chip } from '../ui/chip';
import { formatCount } from '../ui/format';
import { categoryColour } from '../ui/palette';
import { Histogram } from '../ui/plots/Histogram';
import { Accounting, Findings, stagesOf } from './accounting';
import type { IRun } from './backend';
import { combinedOf } from './combine/summary';
import { MatchView } from './match/MatchView';
import type { RecipeModel } from './model';
import { registeredWords } from './progress';
import type { IRecipeShell } from './shell';
import { CoverageView } from './split/CoverageView';
import { Leaks } from './split/Leaks';

export interface IResultProps {
  readonly model: RecipeModel;
  readonly run: IRun;
  readonly shell: IRecipeShell;
  readonly trans: TranslationBundle;
}

export function Result({ model, run, shell, trans }: IResultProps): JSX.Element {
  const result = run.result!;
  const total = result.parts.reduce((sum, part) => sum + part.rows, 0);
  const main = result.tables[0];
  const stages = stagesOf(run.steps.map(step => ({ ...step, title: titleOf(model, step.op, trans) })));
  const findings = run.steps.flatMap(step => step.report?.findings ?? []);
  const measured = result.tables.find(table => table.name === 'measurements');
  const conflicts = run.steps.reduce((sum, step) => sum + (combinedOf(step.report)?.conflictsTotal ?? 0), 0);
  const matched = run.steps.find(step => step.op === 'match' && step.report?.details.quality);
  const covered = run.steps.find(step => step.op === 'coverage' && step.report?.details.coverage);
  return (
    <div className="tsm-Result">
      <div className="tsm-Result-actions">
        {main ? (
          <button
            type="button"
            className="tsm-Button tsm-mod-accept"
            onClick={() => shell.openTable(main.path)}
          >
            {trans.__('Open the training set')}
          </button>
        ) : null}
        {measured && measured !== main ? (
          <button
            type="button"
            className="tsm-Button"
            title={trans.__('Every redshift that went in, and why it won or lost')}
            onClick={() => shell.openTable(measured.path)}
          >
            {conflicts > 0
              ? trans._n(
                  'Open all measurements (%2 conflict)',
                  'Open all measurements (%2 conflicts)',
                  conflicts,
                  formatCount(conflicts)
                )
              : trans.__('Open all measurements')}
          </button>
        ) : null}
        <button type="button" className="tsm-Button" onClick={() => void model.verify()}>
          {trans.__('Verify')}
        </button>
        {run.bundle ? (
          <button type="button" className="tsm-Button" onClick={() => shell.openFolder(run.bundle!)}>
            {trans.__('Show the files')}
          </button>
        ) : null}
        {run.bundle && shell.share ? (
          <button type="button" className="tsm-Button" onClick={() => shell.share!(run.bundle!)}>
            {trans.__('Share on the PZ Server …')}
          </button>
        ) : null}
      </div>
      <Verified model={model} trans={trans} />
      <Findings findings={result.replay ?? []} trans={trans} />
      <Registered run={run} shell={shell} trans={trans} />
      <h3>{trans.__('Parts')}</h3>
      <ul className="tsm-Result-parts">
        {result.parts.map((part, place) => (
          <li key={part.name}>
            <span
              className="tsm-Swatch"
              style={{ background: categoryColour(part.name, place) }}
              aria-hidden="true"
            />
            <span className="tsm-Result-part">{part.name}</span>
            <span className="tsm-Card-count">
              {formatCount(part.rows)}
              {total > 0 ? ` · ${((100 * part.rows) / total).toFixed(1)} %` : ''}
            </span>
          </li>
        ))}
      </ul>
      {main ? <PartsOfRedshift shell={shell} path={main.path} trans={trans} /> : null}
      <Leaks report={run.steps.find(step => step.op === 'split')?.report} trans={trans} />
      {covered ? (
        <>
          <h3>{trans.__('Coverage')}</h3>
          <CoverageView report={covered.report} trans={trans} />
        </>
      ) : null}
      <h3>{trans.__('Row accounting')}</h3>
      <Accounting stages={stages} trans={trans} />
      <Findings findings={findings} trans={trans} />
      {matched ? (
        <details className="tsm-Match-result" open={model.focus === matched.index}>
          <summary>{trans.__('Quality of the match')}</summary>
          <MatchView report={matched.report} trans={trans} />
        </details>
      ) : null}
      <h3>{trans.__('Files')}</h3>
      <table className="tsm-Result-files">
        <tbody>
          {result.files.map(file => (
            <tr key={file.path}>
              <td>{file.path}</td>
              <td className="tsm-mod-number">{formatBytes(file.bytes)}</td>
              <td>
                <button
                  type="button"
                  className="tsm-IconButton tsm-mod-code"
                  title={trans.__('sha256 %1. Click to copy.', file.sha256)}
                  onClick={() => shell.copy(file.sha256)}
                >
                  {file.sha256.slice(0, 8)}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>{trans.__('To cite')}</h3>
      <ul className="tsm-Result-citations">
        {result.citations.map(citation => (
          <li key={citation}>{citation}</li>
        ))}
      </ul>
      <button type="button" className="tsm-Button" onClick={() => shell.copy(result.citations.join('\n'))}>
        {trans.__('Copy citations')}
      </button>
    </div>
  );
}

function Verified({ model, trans }: { model: RecipeModel; trans: TranslationBundle }): JSX.Element | null {
  const verification = model.verification;
  if (!verification) {
    return null;
  }
  return (
    <div className="tsm-Result-verified" role="status">
      <Chip kind={verification.ok ? 'good' : 'bad'}>
        {verification.ok ? trans.__('Verified') : trans.__('Not what it says')}
      </Chip>
      {verification.ok ? (
        <details>
          <summary>{trans._n('%1 check passed', '%1 checks passed', verification.checked.length)}</summary>
          <ul>
            {verification.checked.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      ) : null}
      <Findings
        findings={[
          ...verification.problems.map(problem => ({ ...problem, level: 'error' as const })),
          ...(verification.warnings ?? []).map(warning => ({ ...warning, level: 'warning' as const }))
        ]}
        trans={trans}
      />
    </div>
  );
}

/** The product that the result became, or why it became none. */
function Registered(props: { run: IRun; shell: IRecipeShell; trans: TranslationBundle }): JSX.Element | null {
  const { run, shell, trans } = props;
  const { product, product_trouble: trouble } = run;
  if (!product) {
    return trouble ? (
      <p className="tsm-Result-registered" role="status">
        {[trouble.message, trouble.remedy].filter(Boolean).join(' ')}
      </p>
    ) : null;
  }
  return (
    <p className="tsm-Result-registered">
      <span>{registeredWords(product, trans)}</span>
      {shell.openProduct ? (
        <button type="button" className="tsm-Button" onClick={() => shell.openProduct!(run)}>
          {trans.__('Open the product')}
        </button>
      ) : null}
      {product.access ? (
        <button type="button" className="tsm-Button" onClick={() => shell.copy(product.access!)}>
          {trans.__('Copy how to read it')}
        </button>
      ) : null}
    </p>
  );
}

/** n(z) of each part, counted in the browser from two columns. */
function PartsOfRedshift(props: {
  shell: IRecipeShell;
  path: string;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { shell, path, trans } = props;
  const [histogram, setHistogram] = useState<IHistogramResult | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const source = shell.openSource(path);
    void countParts(source, abort.signal)
      .then(result => !abort.signal.aborted && setHistogram(result))
      .catch(() => undefined); // the table itself opens with its own words on what is wrong
    return () => {
      abort.abort();
      source.dispose();
    };
  }, [shell, path]);
  if (!histogram) {
    return null;
  }
  return (
    <>
      <h3>{trans.__('n(z) of each part')}</h3>
      <div className="tsm-Result-plot">
        <Histogram trans={trans} label={trans.__('redshift')} result={histogram} selection={null} />
      </div>
      <p className="tsm-Field-description">
        {trans.__(
          '%1 objects, bins of %2 in redshift.',
          formatCount(histogram.total),
          Number(((histogram.range[1] - histogram.range[0]) / histogram.bins).toPrecision(3))
        )}
      </p>
    </>
  );
}

async function countParts(source: ITableSource, signal: AbortSignal): Promise<IHistogramResult | null> {
  const info = await source.info(signal);
  const names = ['redshift', 'split'].filter(name => info.columns.some(column => column.name === name));
  if (!names.includes('redshift')) {
    return null;
  }
  const binner = await createBinner();
  try {
    await binner.add(names, await source.columns(names, signal));
    const parted = names.includes('split');
    const { views } = await binner.update({
      terms: parted ? [{ text: "split <> 'unused'", columns: ['split'], axis: null }] : [],
      views: {
        nz: { kind: 'histogram', column: 'redshift', bins: 40, by: parted ? 'split' : undefined }
      }
    });
    return views.nz as IHistogramResult;
  } finally {
    binner.dispose();
  }
}

/** An operation's title; reading and writing are stages of a run, but no operations. */
export function titleOf(model: RecipeModel, op: string, trans: TranslationBundle): string {
  const others: { [op: string]: string } = {
    load: trans.__('Read the inputs'),
    write: trans.__('Write the bundle')
  };
  return model.operations?.ops.find(item => item.name === op)?.title ?? others[op] ?? op;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let place = 0;
  let value = bytes;
  while (value >= 1000 && place < units.length - 1) {
    value /= 1000;
    place += 1;
  }
  return `${place === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${units[place]}`;
}
