/** A new process as a page: what it makes, of what, how, and what one should know before it is sent. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { useId, useMemo } from 'react';

import type { IProcessDetail } from '../../api';
import { useSignal } from '../../ui/hooks';
import { Empty, Loading, Trouble } from '../../ui/states';
import { Failure } from '../frame';
import { Part } from '../parts';
import { Before } from './before';
import { FORMATS } from './check';
import { choicesOf, lockedOf } from './choices';
import { Complaints, Parameters } from './fields';
import type { NewProcessModel } from './formModel';
import { Inputs } from './inputs';
import { Field, useOnline } from './parts';

export interface IFormProps {
  readonly model: NewProcessModel;
  readonly trans: TranslationBundle;
  readonly actions: IFormActions;
}

export interface IFormActions {
  openProduct(id: number): void;
  /** A file of the file browser, by its path; null when none was chosen. */
  chooseFlags(): Promise<string | null>;
  showProcesses(): void;
  started(process: IProcessDetail): void;
  copy(text: string, said: string): void;
}

export function ProcessForm({ model, trans, actions }: IFormProps): JSX.Element {
  useSignal(model.changed);
  const { pipelines, server, draft } = model;
  useOnline(() => void (model.unsure ? model.lookAgain() : model.load()));
  if (pipelines.value === null) {
    return pipelines.trouble ? (
      <Trouble
        title={pipelines.trouble.message}
        actions={[{ label: trans.__('Try again'), run: () => void model.load() }]}
      >
        {pipelines.trouble.remedy} {trans.__('What you had entered is kept.')}
      </Trouble>
    ) : (
      <Loading label={trans.__('Asking the server what it can run …')} />
    );
  }
  if (pipelines.value.length === 0) {
    return (
      <Empty title={trans.__('This server runs no processes.')}>
        {trans.__(
          'Those who run it have not connected a scheduler. A recipe can be run in the engine instead.'
        )}
      </Empty>
    );
  }
  return (
    <article className="tsm-Page-all tsm-ProcessForm-all" aria-label={trans.__('New process')}>
      <header>
        <h2>{trans.__('New process')}</h2>
        <p className="tsm-mod-muted">
          {server.value === null
            ? ''
            : server.value.kind === 'engine'
              ? trans.__('It runs in the engine of this machine and makes a product there.')
              : trans.__('It runs on %1 and makes a product there.', server.value.name)}
        </p>
      </header>
      {pipelines.trouble && (
        <Failure trouble={pipelines.trouble} trans={trans} retry={() => void model.load()} />
      )}
      <fieldset className="tsm-ProcessForm-pipelines">
        <legend>{trans.__('What to run')}</legend>
        {pipelines.value.map(({ id, name, displayName, description, version }) => (
          <label key={id} className={draft.pipeline === name ? 'tsm-mod-on' : ''}>
            <input
              type="radio"
              name="tsm-process-pipeline"
              checked={draft.pipeline === name}
              onChange={() => model.change({ pipeline: name })}
            />
            <span>
              <strong>{displayName}</strong>
              <span className="tsm-mod-muted">
                {[description, version && trans.__('version %1', version)].filter(Boolean).join(' ')}
              </span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="tsm-ProcessForm-columns">
        <div className="tsm-ProcessForm-main">
          <Body model={model} trans={trans} actions={actions} />
        </div>
        <Before model={model} trans={trans} actions={actions} />
      </div>
    </article>
  );
}

function Body({ model, trans, actions }: IFormProps): JSX.Element {
  const { draft, problems, parameters, release, pipeline } = model;
  const name = useId();
  const text = useId();
  const choices = useMemo(() => choicesOf(release), [release]);
  const locked = useMemo(() => lockedOf(release, trans), [release, trans]);
  const values = draft.values[draft.pipeline] ?? {};
  return (
    <>
      <Part title={trans.__('Product')}>
        <Field id={name} label={`${trans.__('Name')} *`}>
          <input
            id={name}
            className="jp-mod-styled"
            value={draft.name}
            maxLength={255}
            onChange={event => model.change({ name: event.target.value })}
          />
        </Field>
        <Field id={text} label={trans.__('Description, in Markdown')}>
          <textarea
            id={text}
            className="jp-mod-styled"
            rows={3}
            value={draft.description}
            onChange={event => model.change({ description: event.target.value })}
          />
        </Field>
        <Format model={model} trans={trans} />
      </Part>
      <Part title={model.needsRelease ? trans.__('Redshift catalogue') : trans.__('Redshift catalogues')}>
        <Inputs key={draft.pipeline} model={model} trans={trans} open={id => actions.openProduct(id)} />
        <Complaints problems={problems.filter(one => one.level === 'warning')} where="inputs" />
      </Part>
      {model.needsRelease && (
        <Part title={trans.__('Objects')}>
          <Release model={model} trans={trans} />
        </Part>
      )}
      <Part title={trans.__('Parameters')}>
        {pipeline?.parameters === null && (
          <p role="note" className="tsm-Page-box tsm-mod-warning">
            {trans.__('This server does not tell its parameters: those known here are shown.')}
          </p>
        )}
        <Parameters
          key={draft.pipeline}
          parameters={parameters}
          values={values}
          problems={problems}
          choices={choices}
          locked={locked}
          disabled={model.busy}
          trans={trans}
          set={changed => model.set(changed)}
        />
      </Part>
      {model.takesFlags && (
        <Part title={trans.__('Flag rules')}>
          <Flags model={model} trans={trans} actions={actions} />
        </Part>
      )}
    </>
  );
}

function Format({ model, trans }: Pick<IFormProps, 'model' | 'trans'>): JSX.Element {
  const id = useId();
  const own = model.pipeline?.outputFormat;
  return (
    <Field id={id} label={trans.__('Format of the file')}>
      <select
        id={id}
        className="jp-mod-styled"
        value={model.draft.format ?? ''}
        onChange={event => model.change({ format: event.target.value || null })}
      >
        <option value="">
          {own ? trans.__('as the server does (%1)', own) : trans.__('that of the redshift catalogue')}
        </option>
        {FORMATS.map(format => (
          <option key={format} value={format}>
            {format}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Release({ model, trans }: Pick<IFormProps, 'model' | 'trans'>): JSX.Element {
  const id = useId();
  const { releases, release, draft, problems } = model;
  const usable = (releases.value ?? []).filter(one => one.hasMagnitudes || one.hasFluxes);
  return (
    <Field id={id} label={`${trans.__('Release')} *`}>
      {releases.trouble && (
        <Failure trouble={releases.trouble} trans={trans} retry={() => void model.load()} />
      )}
      <select
        id={id}
        className="jp-mod-styled"
        value={draft.release ?? ''}
        disabled={releases.value === null}
        onChange={event => model.change({ release: event.target.value ? Number(event.target.value) : null })}
      >
        <option value="">{trans.__('choose …')}</option>
        {usable.map(one => (
          <option key={one.id} value={one.id}>
            {one.displayName}
          </option>
        ))}
      </select>
      {release?.description && <p className="tsm-Field-description">{release.description}</p>}
      <Complaints problems={problems.filter(one => one.level === 'warning')} where="release" />
    </Field>
  );
}

function Flags({ model, trans, actions }: IFormProps): JSX.Element {
  const id = useId();
  const choose = async () => {
    const path = await actions.chooseFlags();
    if (path !== null) {
      model.change({ flags: path });
    }
  };
  return (
    <Field id={id} label={trans.__('File of rules')}>
      <div className="tsm-ProcessForm-beside">
        <input
          id={id}
          className="jp-mod-styled"
          value={model.draft.flags}
          spellCheck={false}
          placeholder={trans.__('the server’s own rules')}
          onChange={event => model.change({ flags: event.target.value })}
        />
        <button type="button" className="tsm-Button" onClick={() => void choose()}>
          {trans.__('Choose …')}
        </button>
      </div>
      <p className="tsm-Field-description">
        {trans.__(
          'A YAML file of the file browser that says how each survey’s flags translate, the radius, the redshift tolerance and the order of criteria. A PZ Server evaluates its expressions as Python: send only files that you know.'
        )}
      </p>
      <Complaints problems={model.problems} where="flags" />
    </Field>
  );
}
