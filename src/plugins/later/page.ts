import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { Toolbar } from '@jupyterlab/ui-components';
import type { Title, Widget } from '@lumino/widgets';

/** A tab for a content that has a toolbar of its own. */
export function pageOf<T extends Widget>(
  id: string,
  content: T,
  title: Omit<Title.IOptions<Widget>, 'owner'>
): MainAreaWidget<T> {
  const page = new MainAreaWidget({ content, toolbar: new Toolbar() });
  page.toolbar.hide();
  page.id = id;
  Object.assign(page.title, { closable: true, ...title });
  return page;
}

/** Bring a tab to the front. */
export function show<T extends Widget>({ shell }: JupyterFrontEnd, page: T): T {
  if (!page.isAttached) {
    shell.add(page, 'main');
  }
  shell.activateById(page.id);
  return page;
}
