import type { TranslationBundle } from '@jupyterlab/translation';

import type { IProposedRole, Role } from '../../table/source';
import { Chip } from '../../ui/chip';
import { useSignal } from '../../ui/hooks';
import { NEEDED, type OwnTable, ROLES } from './model';
import { SkyPreview } from './SkyPreview';
import { sourceText } from './words';
import '../../../style/own.css';

interface IProps {
  readonly table: OwnTable;
  readonly trans: TranslationBundle;
  cancel(): void;
}

/** What a table's columns are taken for, with the reason, before it becomes an input. */
export function OwnTableView({ table, trans, cancel }: IProps): JSX.Element {
  useSignal(table.changed);
  const { proposed, loading, trouble, open } = table;
  const { name, from } = table.options;
  return (
    <section className="tsm-Card tsm-Own" aria-label={trans.__('Columns of %1', name)} aria-busy={loading}>
      <h3>
        {name} <span className="tsm-Card-summary">{sourceText(from)}</span>
      </h3>
      {trouble && (
        <p role="alert" className="tsm-Own-error">
          {trouble.message} {trouble.remedy}
        </p>
      )}
      {!proposed && loading && <p role="status">{trans.__('Looking at the columns')}</p>}
      {proposed && (
        <div className="tsm-Own-body">
          <div className="tsm-Own-columns">
            <table>
              <thead>
                <tr>
                  <th scope="col">{trans.__('Meaning')}</th>
                  <th scope="col">{trans.__('Column')}</th>
                  <th scope="col">{trans.__('Why')}</th>
                </tr>
              </thead>
              <tbody>
                {ROLES.map(role => (
                  <Row key={role} {...{ role, table, trans }} />
                ))}
              </tbody>
            </table>
          </div>
          <SkyPreview sky={proposed.sky} trans={trans} />
        </div>
      )}
      {proposed && <Doubts table={table} trans={trans} />}
      <div className="tsm-Own-actions">
        <button
          type="button"
          className="tsm-Button tsm-mod-accept"
          disabled={!table.ready}
          onClick={() => table.add()}
        >
          {trans.__('Use as input')}
        </button>
        <button type="button" className="tsm-Button" onClick={cancel}>
          {trans.__('Cancel')}
        </button>
        {proposed && open.length > 0 && (
          <span role="status">{trans.__('To be settled first: %1.', open.join(', '))}</span>
        )}
      </div>
    </section>
  );
}

function Row({ role, table, trans }: Omit<IProps, 'cancel'> & { readonly role: Role }): JSX.Element {
  const one = table.role(role);
  const value = one?.columns.join(' + ') ?? '';
  const { columns } = table.proposed!;
  const choices = one ? [...one.columns, ...(one.others ?? []).filter(name => columns.includes(name))] : [];
  const likely = one && one.columns.length > 1 ? [value, ...choices.slice(one.columns.length)] : choices;
  return (
    <tr>
      <th scope="row">{role}</th>
      <td>
        <select
          className="tsm-Input"
          value={value}
          aria-label={trans.__('Column of %1', role)}
          onChange={({ target }) => void table.choose(role, target.value || null)}
        >
          <option value="">–</option>
          {[...new Set([...likely, ...columns])].map(name => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </td>
      <td>
        <Why {...{ role, one, table, trans }} />
      </td>
    </tr>
  );
}

interface IWhyProps extends Omit<IProps, 'cancel'> {
  readonly role: Role;
  readonly one: IProposedRole | null;
}

function Why({ role, one, table, trans }: IWhyProps): JSX.Element | null {
  if (one === null) {
    return NEEDED.includes(role) ? <Chip kind="bad">{trans.__('choose a column')}</Chip> : null;
  }
  if (table.isSaid(role)) {
    return (
      <>
        {one.convert?.length ? trans.__('you said so; %1', one.convert.join(', ')) : trans.__('you said so')}
      </>
    );
  }
  return (
    <>
      {!one.sure && (
        <>
          <Chip kind="warning">{trans.__('not sure')}</Chip>{' '}
        </>
      )}
      {one.reason}{' '}
      {!one.sure && (
        <button
          type="button"
          className="tsm-Button"
          aria-label={trans.__('%1 is right for %2', one.columns.join(' + '), role)}
          onClick={() => void table.accept(role)}
        >
          {trans.__('It is right')}
        </button>
      )}
    </>
  );
}

/** The survey, what is converted, and what should be known. */
function Doubts({ table, trans }: Omit<IProps, 'cancel'>): JSX.Element {
  const { survey, warnings, convert } = table.proposed!;
  const converted = Object.keys(convert).length > 0;
  return (
    <ul className="tsm-Own-doubts" aria-live="polite">
      {survey && <li>{trans.__('This is %1: %2.', survey.survey, survey.reason)}</li>}
      {warnings.map(({ level, message, remedy, fixes = [] }) => (
        <li key={message} className={`tsm-mod-${level}`}>
          {level !== 'note' && <Chip kind={level === 'error' ? 'bad' : 'warning'}>{trans.__('look')}</Chip>}{' '}
          {message} {remedy}{' '}
          {fixes.map(({ label, edits }) => (
            <button key={label} type="button" className="tsm-Button" onClick={() => void table.fix(edits)}>
              {label}
            </button>
          ))}
        </li>
      ))}
      {converted && (
        <li>
          <button type="button" className="tsm-Button" onClick={() => void table.convert({})}>
            {trans.__('Convert nothing')}
          </button>
        </li>
      )}
    </ul>
  );
}
