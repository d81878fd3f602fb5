/** @jest-environment jsdom */
import { MimeData } from '@lumino/coreutils';

import { acceptFiles, type IDrag } from '../drop';

function drag(name: string, mime: string, paths: unknown): IDrag {
  const mimeData = new MimeData();
  mimeData.setData(mime, paths);
  return Object.assign(new Event(name, { cancelable: true, bubbles: true }), {
    mimeData,
    dropAction: 'none',
    proposedAction: 'move'
  });
}

const MIME = 'application/x-jupyter-icontents';

it('takes files of the file browser, and is marked while they are over it', () => {
  const node = document.createElement('div');
  const dropped: unknown[] = [];
  acceptFiles(
    node,
    paths => dropped.push(paths),
    files => dropped.push(files)
  );
  const over = drag('lm-dragover', MIME, ['a/vvds.parquet']);
  node.dispatchEvent(over);
  expect([over.defaultPrevented, over.dropAction, node.className]).toEqual([true, 'move', 'tsm-mod-over']);
  node.dispatchEvent(drag('lm-dragleave', MIME, ['a/vvds.parquet']));
  expect(node.className).toBe('');
  node.dispatchEvent(drag('lm-drop', MIME, ['a/vvds.parquet', 'b.fits']));
  expect(dropped).toEqual([['a/vvds.parquet', 'b.fits']]);
});

it('takes nothing else', () => {
  const node = document.createElement('div');
  const dropped: unknown[] = [];
  acceptFiles(
    node,
    paths => dropped.push(paths),
    files => dropped.push(files)
  );
  const tab = drag('lm-drop', 'application/vnd.lumino.widget-factory', () => null);
  node.dispatchEvent(tab);
  expect([tab.defaultPrevented, dropped]).toEqual([false, []]);
});

it('takes files from outside the browser, which are brought to the server first', () => {
  const node = document.createElement('div');
  const brought: string[] = [];
  acceptFiles(
    node,
    () => {
      throw new Error('they have no path yet');
    },
    files => brought.push(...files.map(({ name }) => name))
  );
  const outside = (name: string, types = ['Files']) =>
    Object.assign(new Event(name, { cancelable: true }), {
      dataTransfer: { types, files: [new File(['ra,dec,z'], 'mine.csv')] }
    });
  const over = outside('dragover');
  node.dispatchEvent(over);
  expect([over.defaultPrevented, node.className]).toEqual([true, 'tsm-mod-over']);
  node.dispatchEvent(outside('drop'));
  expect([brought, node.className]).toEqual([['mine.csv'], '']);
  const text = outside('drop', ['text/plain']);
  node.dispatchEvent(text);
  expect([text.defaultPrevented, brought.length]).toEqual([false, 1]);
});
