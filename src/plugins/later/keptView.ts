import type { IRenderMime } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';

import { formatCount } from '../../ui/format';
import { fillRecipe, type IKeptRecipe } from './keptRecipe';
import '../../../style/widgets.css';

const KEPT_VIEW = 'application/vnd.pz-tsm.view+json';
/** The first rows, where the user asked for them to be saved. */
const HTML = 'text/html';
const WIDGET_VIEW = 'application/vnd.jupyter.widget-view+json';

/** Milliseconds that a widget may be loading before one is told what it was. */
const PATIENCE = 1500;

/** The widget while there is one; else what it was and how to have it again. */
export class KeptView extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly _rendermime: IRenderMimeRegistryLike,
    private readonly _trans: TranslationBundle
  ) {
    super();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    const id = (model.data[WIDGET_VIEW] as { model_id?: string } | undefined)?.model_id ?? null;
    if (id !== null && id === this._id && model.trusted && this._note === null) {
      return; // the kernel tells what it is now; the view knows
    }
    this._id = id;
    this._clear();
    if (!model.trusted || model.data[WIDGET_VIEW] === undefined) {
      this._tell(model);
      return;
    }
    let view: IRenderMime.IRenderer;
    try {
      view = this._rendermime.createRenderer(WIDGET_VIEW);
    } catch {
      this._tell(model); // there are no widgets in this application
      return;
    }
    this.addWidget(view);
    // the manager of widgets says in the view's own text that it is loading, or that it knows no such widget
    this._observer = new MutationObserver(() => this._check(view, model));
    this._observer.observe(view.node, { childList: true, characterData: true });
    this._timer = window.setTimeout(() => this._check(view, model, true), PATIENCE);
    await view.renderModel(model);
    this._check(view, model);
  }

  override dispose(): void {
    this._stop();
    super.dispose();
  }

  private _check(view: Widget, model: IRenderMime.IMimeModel, late = false): void {
    const { firstChild, childNodes } = view.node;
    const text =
      childNodes.length === 1 && firstChild?.nodeType === Node.TEXT_NODE ? firstChild.textContent! : '';
    const missing = text.startsWith('Error displaying widget') || (late && text.startsWith('Loading widget'));
    if (missing && !this._note) {
      view.hide();
      this._tell(model);
    } else if (text === '' && childNodes.length > 0) {
      this._note?.dispose();
      this._note = null;
      view.show();
    }
  }

  private _stop(): void {
    window.clearTimeout(this._timer);
    this._observer?.disconnect();
    this._observer = null;
  }

  private _clear(): void {
    this._stop();
    this._note = null;
    for (const widget of [...this.widgets]) {
      widget.dispose();
    }
  }

  private _tell(model: IRenderMime.IMimeModel): void {
    const kept = model.data[KEPT_VIEW] as unknown as IKept;
    const node = document.createElement('div');
    node.className = 'tsm-KeptView';
    if (kept.kind === 'recipe') {
      fillRecipe(node, kept, this._trans);
    } else {
      for (const line of tableLines(kept, HTML in model.data, this._trans)) {
        const text = document.createElement('p');
        text.textContent = line;
        node.appendChild(text);
      }
    }
    const note = new Panel();
    note.addWidget(new Widget({ node }));
    if (HTML in model.data) {
      const saved = this._rendermime.createRenderer(HTML);
      note.addWidget(saved);
      void saved.renderModel(model);
    }
    this._note = note;
    this.addWidget(note);
  }

  private _note: Widget | null = null;
  /** Of the widget that is shown. */
  private _id: string | null = null;
  private _observer: MutationObserver | null = null;
  private _timer: number | undefined;
}

interface IKept extends IKeptRecipe {
  readonly kind?: string;
  readonly rows?: number;
  readonly columns?: number;
}

function tableLines({ name, rows, columns }: IKept, hasRows: boolean, trans: TranslationBundle): string[] {
  return [
    trans.__('Here was a view of %1: %2 rows, %3 columns.', name ?? '', formatCount(rows ?? 0), columns ?? 0),
    hasRows
      ? trans.__(
          'Its first rows are kept in the notebook, below. Run the cell, and those above it, to look at all.'
        )
      : trans.__(
          'The rows are not kept in the notebook. Run the cell, and those above it, to look at them again.'
        )
  ];
}

export interface IRenderMimeRegistryLike {
  createRenderer(mimeType: string): IRenderMime.IRenderer;
}
