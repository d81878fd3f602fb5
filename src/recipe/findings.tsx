/** What the user should know before or after a run: the thing, example rows, and what can be done about it. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Fragment, useId, useState } from 'react';

import { formatCount, formatValue } from '../ui/format';
import type { IFinding, IFix } from './backend';
import '../../style/recipe-findings.css';

const SIGNS = { error: '✕', warning: '⚠', note: 'i' } as const;
const LEVELS = ['error', 'warning', 'note'];

export interface IFindingsProps {
  readonly findings: readonly IFinding[];
  readonly trans: TranslationBundle;
  /** Makes a fix; without it remedies are words only. */
  readonly onFix?: (fix: IFix) => void;
}

/** Findings, worst first. */
export function Findings({ findings, trans, onFix }: IFindingsProps): JSX.Element | null {
  if (findings.length === 0) {
    return null;
  }
  const sorted = [...findings].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
  const seen = new Map<string, number>();
  return (
    <ul className="tsm-Findings">
      {sorted.map(finding => {
        const about = [finding.level, finding.code ?? finding.message, finding.where].join(' ');
        const before = seen.get(about) ?? 0;
        seen.set(about, before + 1);
        return <Finding key={`${about} ${before}`} finding={finding} trans={trans} onFix={onFix} />;
      })}
    </ul>
  );
}

interface IFindingProps extends Pick<IFindingsProps, 'trans' | 'onFix'> {
  readonly finding: IFinding;
}

function Finding({ finding, trans, onFix }: IFindingProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const id = useId();
  const words: { [level: string]: string } = {
    error: trans.__('Error'),
    warning: trans.__('Warning'),
    note: trans.__('Note')
  };
  const rows = finding.examples ?? [];
  const fixes = onFix ? (finding.fixes ?? []) : [];
  const count = Math.max(finding.count ?? 0, rows.length);
  return (
    <li className={`tsm-mod-${finding.level}`}>
      <span
        className="tsm-Findings-sign"
        role="img"
        aria-label={words[finding.level]}
        title={words[finding.level]}
      >
        {SIGNS[finding.level]}
      </span>
      <div className="tsm-Findings-body">
        <p>{finding.message}</p>
        {finding.remedy ? <p className="tsm-Findings-remedy">{finding.remedy}</p> : null}
        {rows.length + fixes.length > 0 ? (
          <div className="tsm-Findings-actions">
            {rows.length > 0 ? (
              <button
                type="button"
                className="tsm-Findings-show"
                aria-expanded={open}
                aria-controls={open ? id : undefined}
                onClick={() => setOpen(!open)}
              >
                <span aria-hidden="true">{open ? '▾' : '▸'}</span>{' '}
                {rows.length < count
                  ? trans.__('Show rows (%1 of %2)', rows.length, formatCount(count))
                  : trans.__('Show rows (%1)', formatCount(count))}
              </button>
            ) : null}
            {fixes.map(fix => (
              <button
                key={fix.label}
                type="button"
                className="tsm-Button tsm-Findings-fix"
                title={trans.__('Changes the recipe')}
                onClick={() => onFix?.(fix)}
              >
                {fix.label}
              </button>
            ))}
          </div>
        ) : null}
        {open && rows.length > 0 ? <Examples id={id} rows={rows} trans={trans} /> : null}
      </div>
    </li>
  );
}

function Examples(props: {
  id: string;
  rows: readonly { readonly [column: string]: unknown }[];
  trans: TranslationBundle;
}): JSX.Element {
  const { id, rows, trans } = props;
  const names = [...new Set(rows.flatMap(row => Object.keys(row)))];
  // ids are long and say least: last
  const columns = [
    ...names.filter(name => !name.endsWith('row_id')),
    ...names.filter(name => name.endsWith('row_id'))
  ];
  const label = trans.__('Example rows');
  return (
    <div id={id} className="tsm-Findings-examples" role="region" aria-label={label} tabIndex={0}>
      <table>
        <caption className="tsm-hidden">{label}</caption>
        <thead>
          <tr>
            {columns.map(column => (
              <th key={column} scope="col">
                {broken(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map(column => (
                <td key={column} className={typeof row[column] === 'number' ? 'tsm-mod-number' : undefined}>
                  {shown(column, row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A name that may break after its last underscore. */
function broken(name: string): JSX.Element[] {
  return name.split(/(?<=_)(?=[^_]+$)/).map((part, place) => (
    <Fragment key={place}>
      {place > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ));
}

/** A value of an example row; positions with 6 decimals, others with up to 6 digits. */
function shown(column: string, value: unknown): string {
  if (value === null || value === undefined) {
    return '–';
  }
  if (typeof value === 'number') {
    return formatValue(value, /^(ra|dec)$|^(ra|dec)[_A-Z0-9]|degrees?$/i.test(column) ? 'degrees' : 'other');
  }
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
