import type { ILayoutRestorer } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';

/** Tabs of a kind: after a reload a command opens them again, with what it is told of each. */
export function tabsOf<T extends Widget>(
  restorer: ILayoutRestorer | null,
  namespace: string,
  command: string,
  args: (tab: T) => ReadonlyPartialJSONObject
): WidgetTracker<T> {
  const tracker = new WidgetTracker<T>({ namespace });
  void restorer?.restore(tracker, { command, args, name: ({ id }) => id });
  return tracker;
}
