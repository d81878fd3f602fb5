/** A survey's flags: each original value, its rows in the user's data, what the survey means, what it becomes. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId } from 'react';

import { Chip } from '../../ui/chip';
import { formatCount } from '../../ui/format';
import { type IFlagValue, type ISurvey, isUnmapped, unmapped } from './summary';

export interface IFlagTableProps {
  readonly survey: ISurvey;
  readonly readOnly: boolean;
  /** Whether the recipe itself has a rule for that flag. */
  readonly isOwn: (flag: string | null) => boolean;
  readonly onFlag: (flag: string | null, is: number | null) => void;
  readonly onDrop: (flag: string | null) => void;
  /** Instrument type of a survey whose rules are all in the recipe; null: they are not. */
  readonly type: string | null;
  readonly onType: (type: 's' | 'g' | 'p') => void;
  readonly trans: TranslationBundle;
}

/** Homogenized flags from the best to the worst. */
export const FLAGS = [4, 3, 2, 1, 0, 6] as const;

export function flagWords(flag: number | null, trans: TranslationBundle): string {
  const words: { readonly [flag: number]: string } = {
    4: trans.__('4 · certain (> 99 %)'),
    3: trans.__('3 · secure (90–99 %)'),
    2: trans.__('2 · probable (70–90 %)'),
    1: trans.__('1 · doubtful (< 70 %)'),
    0: trans.__('0 · no redshift'),
    6: trans.__('6 · star')
  };
  return flag === null ? trans.__('no flag') : (words[flag] ?? String(flag));
}

export function FlagTable(props: IFlagTableProps): JSX.Element {
  const { survey, trans } = props;
  const id = useId();
  const open = unmapped(survey);
  return (
    <section className="tsm-FlagTable" aria-labelledby={id}>
      <header>
        <h4 id={id}>{survey.name}</h4>
        <span className="tsm-FlagTable-rows">{trans.__('%1 rows', formatCount(survey.rows))}</span>
        {survey.pack === null ? (
          <Chip kind="bad">{trans.__('no rules')}</Chip>
        ) : open > 0 ? (
          <Chip kind="warning">{trans.__('%1 rows without a rule', formatCount(open))}</Chip>
        ) : null}
        {survey.status === 'proposed' ? (
          <Chip kind="warning" title={trans.__('These rules are not yet checked by a scientist.')}>
            {trans.__('proposed')}
          </Chip>
        ) : null}
        <span className="tsm-FlagTable-pack">{packOf(survey, trans)}</span>
      </header>
      {survey.pack === null || props.type !== null ? <NewSurvey {...props} /> : null}
      <table className="tsm-Combined-table">
        <caption className="tsm-hidden">{trans.__('Flags of %1 and what they become', survey.name)}</caption>
        <thead>
          <tr>
            <th scope="col">{trans.__('Flag')}</th>
            <th scope="col" className="tsm-mod-number">
              {trans.__('Rows')}
            </th>
            <th scope="col">{trans.__('Meaning, as the survey says it')}</th>
            <th scope="col">{trans.__('Becomes')}</th>
          </tr>
        </thead>
        <tbody>
          {survey.values.map((value, place) => (
            <FlagRow key={`${value.flag} ${value.is} ${place}`} value={value} {...props} />
          ))}
        </tbody>
      </table>
      {survey.valuesTotal > survey.values.length ? (
        <p className="tsm-Field-description">
          {trans.__(
            'The %1 most frequent of %2 values.',
            formatCount(survey.values.length),
            formatCount(survey.valuesTotal)
          )}
        </p>
      ) : null}
      {survey.note ? <p className="tsm-Field-description">{survey.note}</p> : null}
      <Reference survey={survey} />
    </section>
  );
}

function FlagRow(props: IFlagTableProps & { value: IFlagValue }): JSX.Element {
  const { survey, value, readOnly, isOwn, onFlag, onDrop, trans } = props;
  const open = isUnmapped(value);
  const own = isOwn(value.flag);
  const name = value.flag ?? trans.__('none');
  return (
    <tr className={open ? 'tsm-mod-open' : undefined}>
      <th scope="row" className="tsm-mod-code">
        {name}
      </th>
      <td className="tsm-mod-number">{formatCount(value.rows)}</td>
      <td>
        {value.meaning ?? (open ? trans.__('no rule has it') : '')}
        <span className="tsm-FlagTable-rule" title={value.rule ?? undefined}>
          {shortRule(value.rule, survey)}
          {value.mixed ? ` · ${trans.__('with other columns')}` : ''}
        </span>
      </td>
      <td className="tsm-FlagTable-becomes">
        <select
          className="jp-mod-styled"
          aria-label={trans.__('%1 flag %2 becomes', survey.name, name)}
          title={
            value.mixed
              ? trans.__(
                  'Its rows become different things by other columns; what is chosen here holds for all.'
                )
              : undefined
          }
          value={open ? 'open' : String(value.is)}
          disabled={readOnly}
          onChange={event =>
            onFlag(value.flag, event.target.value === 'null' ? null : Number(event.target.value))
          }
        >
          {open ? (
            <option value="open" disabled>
              {trans.__('choose…')}
            </option>
          ) : null}
          {FLAGS.map(flag => (
            <option key={flag} value={flag}>
              {flagWords(flag, trans)}
            </option>
          ))}
          <option value="null">{flagWords(null, trans)}</option>
        </select>
        {own ? (
          <button
            type="button"
            className="tsm-IconButton"
            aria-label={trans.__('Take the recipe’s own rule for %1 away', name)}
            title={trans.__('Take the recipe’s own rule away')}
            disabled={readOnly}
            onClick={() => onDrop(value.flag)}
          >
            ↺
          </button>
        ) : null}
      </td>
    </tr>
  );
}

function NewSurvey({ survey, readOnly, type, onType, trans }: IFlagTableProps): JSX.Element {
  const id = useId();
  return (
    <div className="tsm-FlagTable-new">
      {survey.pack === null ? (
        <p>
          {trans.__(
            'No rule pack knows %1. Say what each of its flags becomes; the rules are kept in this recipe.',
            survey.name
          )}
        </p>
      ) : null}
      <label htmlFor={id}>{trans.__('Its redshifts come from')}</label>{' '}
      <select
        id={id}
        className="jp-mod-styled"
        value={type ?? 's'}
        disabled={readOnly}
        onChange={event => onType(event.target.value as 's' | 'g' | 'p')}
      >
        <option value="s">{trans.__('spectra')}</option>
        <option value="g">{trans.__('grism or prism')}</option>
        <option value="p">{trans.__('photometry')}</option>
      </select>
    </div>
  );
}

/** A rule's name without that of its pack and survey, which stand above; the condition again says nothing new. */
function shortRule(rule: string | null, survey: ISurvey): string {
  const colon = rule?.indexOf(':') ?? -1;
  return rule === null ? '' : rule.startsWith(`${survey.pack}/`) ? rule.slice(colon + 1) : rule;
}

function packOf(survey: ISurvey, trans: TranslationBundle): string {
  const pack =
    survey.pack === 'recipe'
      ? trans.__('rules of this recipe')
      : survey.pack
        ? `${survey.pack}${survey.version ? ` ${survey.version}` : ''}`
        : '';
  return [survey.inputs.length > 1 ? survey.inputs.join(', ') : '', pack].filter(Boolean).join(' · ');
}

function Reference({ survey }: { survey: ISurvey }): JSX.Element | null {
  const { reference, citation } = survey;
  if (!reference && !citation) {
    return null;
  }
  return (
    <p className="tsm-Field-description">
      {reference && /^https?:/.test(reference) ? (
        <a href={reference} target="_blank" rel="noopener noreferrer">
          {reference}
        </a>
      ) : (
        reference
      )}
      {reference && citation ? ' · ' : ''}
      {citation}
    </p>
  );
}
