import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { ITranslator, TranslationBundle } from '@jupyterlab/translation';

import type { IServices, TableReference } from '../../api';
import * as CommandIds from '../../commandIds';
import { CompareModel, CompareWidget, type ISample, type ITableHandle } from '../../explorer/compare';
import { chooseTables } from './dialog';

/** A table, which of its rows, and what they are called. */
export type SampleReference = TableReference & { readonly condition?: string; readonly label?: string };

/** What a tab compares, as a command's arguments. */
export interface IComparison {
  readonly a?: SampleReference;
  readonly b?: SampleReference;
  /** A condition on both. */
  readonly where?: string;
}

export interface IComparePartOptions {
  readonly app: JupyterFrontEnd;
  readonly services: IServices;
  readonly manager: IDocumentManager;
  readonly translator: ITranslator | null;
  readonly trans: TranslationBundle;
  /** The folder that the file browser shows. */
  folder(): string | undefined;
}

/** What the plugin does once something is compared. */
export class ComparePart {
  constructor(private readonly _options: IComparePartOptions) {}

  /** The comparison as a widget; `keep` is told what it has become, and what its tab is called. */
  make(comparison: IComparison, keep: (comparison: IComparison, label: string) => void): CompareWidget {
    const { app, services, trans } = this._options;
    const model = new CompareModel({
      samples: [this.sample(comparison.a), this.sample(comparison.b)],
      where: comparison.where
    });
    const widget = new CompareWidget({
      model,
      trans,
      choosing: comparison.b === undefined && !comparison.a?.condition,
      chooseTable: () => this.choose(),
      objects: {
        match: (a, b, radius, signal) => services.local.objects(tableOf(a), tableOf(b), radius, signal),
        open: (objects, condition) =>
          void app.commands.execute(CommandIds.openTable, { table: objects.table.id, condition })
      }
    });
    let last = '';
    const tell = () => {
      const [a, b] = model.samples.map(referenceOf);
      const where = model.selection.where || undefined;
      const names = [model.label(0), model.label(1)].filter(name => name !== '');
      const label = names.length === 2 ? trans.__('%1 and %2', ...names) : trans.__('Compare');
      const now = JSON.stringify([a, b, where, label]);
      if (now !== last && !model.loading) {
        last = now;
        keep({ a, b, where }, label);
      }
    };
    model.samplesChanged.connect(tell);
    model.counted.connect(tell);
    return widget;
  }

  private sample(reference: SampleReference | undefined): ISample | null {
    if (reference === undefined) {
      return null;
    }
    const { condition = '', label, ...table } = reference;
    return { table: this.handle(table), condition, label };
  }

  private handle(reference: TableReference): ITableHandle {
    const { services } = this._options;
    return { key: JSON.stringify(reference), open: () => services.local.table(reference) };
  }

  private async choose(): Promise<ITableHandle | null> {
    const { manager, translator, trans, folder } = this._options;
    const [path] = await chooseTables({
      manager,
      title: trans.__('Compare with a table'),
      translator,
      folder: folder()
    });
    return path === undefined ? null : this.handle({ contents: path });
  }
}

function referenceOf(sample: ISample | null): SampleReference | undefined {
  if (sample === null) {
    return undefined;
  }
  const { table, condition, label } = sample;
  return {
    ...tableOf(table),
    ...(condition === '' ? {} : { condition }),
    ...(label === undefined ? {} : { label })
  };
}

function tableOf(handle: ITableHandle): TableReference {
  return JSON.parse(handle.key) as TableReference;
}
