import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, listIcon, ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { type ComponentType, type MouseEvent, useEffect } from 'react';

import type { IJobs } from '../tokens';
import { useSignal } from '../ui/hooks';
import { AccountLine } from './account';
import { acceptFiles } from './drop';
import { Failure, Frame, Note, Shape } from './frame';
import type { PanelModel } from './model';
import { type IProductActions, ProductList } from './products';
import { RecipeList } from './recipes';
import { SearchBar } from './search';
import '../../style/panel.css';
import '../../style/panel-account.css';
import '../../style/panel-search.css';
import '../../style/panel-lists.css';

export interface IPanelActions extends IProductActions {
  openRecipe(path: string): void;
  newRecipe(): void;
  openFile(): void;
  /** A process of the PZ Server. */
  newProcess(): void;
  showProcesses(): void;
  /** Public redshift catalogues. */
  showPublic(): void;
  /** Files dropped on the panel, by their paths in the file browser: each an input of the current recipe. */
  addFiles(paths: readonly string[]): void;
  /** Files dropped from outside: uploaded to the file browser's folder first. */
  bringFiles(files: readonly File[]): void;
  /** A menu of what can be added, at a place on the screen. */
  addMenu(x: number, y: number): void;
}

export interface IPanelProps {
  readonly model: PanelModel;
  readonly jobs: IJobs;
  /** The list of jobs, made elsewhere. */
  readonly JobList: ComponentType;
  readonly actions: IPanelActions;
  readonly trans: TranslationBundle;
}

export class PanelWidget extends ReactWidget {
  constructor(private readonly _props: IPanelProps) {
    super();
    this.addClass('tsm-Panel');
    const { actions } = _props;
    acceptFiles(
      this.node,
      paths => actions.addFiles(paths),
      files => actions.bringFiles(files)
    );
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._props.model.visible = true;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._props.model.visible = this.isVisible;
  }

  protected override onAfterHide(message: Message): void {
    super.onAfterHide(message);
    this._props.model.visible = false;
  }

  /** The keyboard goes to the search, when it is there. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    const before = document.activeElement;
    void this.renderPromise?.then(() => {
      // on a busy page this comes late: who has gone on meanwhile is not called back
      if (document.activeElement === before) {
        this.node.querySelector<HTMLElement>('input[type="search"]')?.focus();
      }
    });
  }

  /** Ask for everything again. */
  async refresh(): Promise<void> {
    const { model, jobs } = this._props;
    await Promise.all([model.refresh(), jobs.refresh()]);
  }

  override render(): JSX.Element {
    return <Panel {...this._props} />;
  }
}

export function Panel({ model, jobs, JobList, actions, trans }: IPanelProps): JSX.Element {
  useSignal(model.changed, jobs.changed);
  const away = model.account.state === 'away';
  useEffect(() => {
    if (!away) {
      void jobs.refresh(); // what could not be asked before can be now
    }
  }, [away, jobs]);
  const menu = (event: MouseEvent<HTMLElement>) => {
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    actions.addMenu(left, bottom);
  };
  const count = jobs.jobs.length;
  return (
    <div className="tsm-Panel-all" role="region" aria-label={trans.__('PZ training sets')}>
      <div className="tsm-Panel-header">
        <h2>{trans.__('PZ training sets')}</h2>
        <button
          type="button"
          className="tsm-Panel-iconButton"
          title={trans.__('Look again')}
          aria-label={trans.__('Look again')}
          onClick={() => {
            void model.refresh();
            void jobs.refresh();
          }}
        >
          <refreshIcon.react tag="span" />
        </button>
        <button
          type="button"
          className="tsm-Panel-iconButton"
          aria-haspopup="menu"
          title={trans.__('New recipe, open a file …')}
          aria-label={trans.__('New recipe, open a file …')}
          onClick={menu}
        >
          <addIcon.react tag="span" />
        </button>
      </div>
      <AccountLine model={model} trans={trans} />
      {!away && <SearchBar model={model} trans={trans} />}
      <div className="tsm-Panel-body">
        {!away && <Latest model={model} actions={actions} trans={trans} />}
        {!away && <Catalogues model={model} actions={actions} trans={trans} />}
        {!away && <Public model={model} actions={actions} trans={trans} />}
        <Recipes model={model} jobs={jobs} actions={actions} trans={trans} />
        {!away && (
          <Frame
            title={trans.__('Jobs')}
            count={count || null}
            tools={<JobTools actions={actions} trans={trans} />}
            {...foldOf(model, 'jobs')}
          >
            <JobList />
          </Frame>
        )}
      </div>
    </div>
  );
}

/** A new process of the PZ Server, and all of them. */
function JobTools({ actions, trans }: Pick<IPanelProps, 'actions' | 'trans'>): JSX.Element {
  return (
    <>
      <button
        type="button"
        className="tsm-Panel-iconButton"
        title={trans.__('All processes of the server')}
        aria-label={trans.__('All processes of the server')}
        onClick={() => actions.showProcesses()}
      >
        <listIcon.react tag="span" />
      </button>
      <button
        type="button"
        className="tsm-Panel-iconButton"
        title={trans.__('New process')}
        aria-label={trans.__('New process')}
        onClick={() => actions.newProcess()}
      >
        <addIcon.react tag="span" />
      </button>
    </>
  );
}

/** Whether a section is folded is remembered. */
function foldOf(model: PanelModel, name: string): { folded: boolean; onFold(folded: boolean): void } {
  return { folded: model.isFolded(name), onFold: folded => model.fold(name, folded) };
}

interface ISectionProps {
  readonly model: PanelModel;
  readonly actions: IPanelActions;
  readonly trans: TranslationBundle;
}

function Latest({ model, actions, trans }: ISectionProps): JSX.Element {
  const { official, latest } = model;
  return (
    <Frame title={trans.__('Latest')} {...foldOf(model, 'latest')}>
      {official.trouble && official.trouble.message !== model.catalogues.trouble?.message && (
        <Failure trouble={official.trouble} trans={trans} retry={() => void model.refresh()} />
      )}
      {official.value === null && !official.trouble && (
        <Shape label={trans.__('Loading official products')} />
      )}
      {official.value !== null && latest.length === 0 && (
        <Note>{trans.__('No product of this server is marked official yet.')}</Note>
      )}
      {latest.length > 0 && (
        <p className="tsm-Panel-note tsm-mod-muted">
          {trans.__('Official products, the newest of each series: the server marks none itself.')}
        </p>
      )}
      {latest.length > 0 && (
        <ProductList
          label={trans.__('Latest official products')}
          products={latest}
          model={model}
          actions={actions}
          trans={trans}
          star
        />
      )}
    </Frame>
  );
}

function Catalogues({ model, actions, trans }: ISectionProps): JSX.Element {
  const { value, trouble } = model.catalogues;
  const clear = () => (model.filter = {});
  return (
    <Frame
      title={trans.__('Catalogues')}
      count={value?.length ?? null}
      grows={(value?.length ?? 0) > 6}
      {...foldOf(model, 'catalogues')}
    >
      {trouble && <Failure trouble={trouble} trans={trans} retry={() => void model.refresh()} />}
      {value === null && !trouble && <Shape label={trans.__('Loading catalogues')} />}
      {value?.length === 0 && model.filtered && (
        <Note>
          {trans.__('Nothing on this server fits the search and the filters.')}{' '}
          <button type="button" className="tsm-Panel-textButton" onClick={clear}>
            {trans.__('Show all')}
          </button>
        </Note>
      )}
      {value?.length === 0 && !model.filtered && !trouble && (
        <Note>
          {trans.__('This server holds no catalogues yet. Files of your own can be used as they are.')}{' '}
          <button type="button" className="tsm-Panel-textButton" onClick={() => actions.openFile()}>
            {trans.__('Open a file …')}
          </button>
        </Note>
      )}
      {value !== null && value.length > 0 && (
        <ProductList
          label={trans.__('Catalogues')}
          products={value}
          model={model}
          actions={actions}
          trans={trans}
        />
      )}
    </Frame>
  );
}

/** Catalogues of the world's archives: the way to their own page. */
function Public({ model, actions, trans }: ISectionProps): JSX.Element {
  return (
    <Frame title={trans.__('Public catalogues')} {...foldOf(model, 'public')}>
      <Note>
        {trans.__('Redshifts from VizieR, SDSS, ESO and others.')}{' '}
        <button type="button" className="tsm-Panel-textButton" onClick={() => actions.showPublic()}>
          {trans.__('Find public catalogues …')}
        </button>
      </Note>
    </Frame>
  );
}

function Recipes({ model, jobs, actions, trans }: ISectionProps & { readonly jobs: IJobs }): JSX.Element {
  const { value, trouble } = model.recipes;
  const tools = (
    <button
      type="button"
      className="tsm-Panel-iconButton"
      title={trans.__('New recipe in this folder')}
      aria-label={trans.__('New recipe in this folder')}
      onClick={() => actions.newRecipe()}
    >
      <addIcon.react tag="span" />
    </button>
  );
  return (
    <Frame
      title={trans.__('Recipes')}
      count={value?.length || null}
      tools={tools}
      {...foldOf(model, 'recipes')}
    >
      {trouble && <Failure trouble={trouble} trans={trans} retry={() => void model.refresh()} />}
      {value === null && !trouble && <Shape label={trans.__('Looking for recipes')} />}
      {value?.length === 0 && !trouble && (
        <Note>
          {model.folder.path === ''
            ? trans.__('No recipe in the top folder.')
            : trans.__('No recipe in the folder %1.', model.folder.path)}{' '}
          <button type="button" className="tsm-Panel-textButton" onClick={() => actions.newRecipe()}>
            {trans.__('New recipe')}
          </button>
        </Note>
      )}
      {value !== null && value.length > 0 && (
        <RecipeList recipes={value} jobs={jobs.jobs} trans={trans} open={path => actions.openRecipe(path)} />
      )}
    </Frame>
  );
}
