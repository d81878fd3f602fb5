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
  acceptFiles(node, paths => dropped.push(paths));
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
  acceptFiles(node, paths => dropped.push(paths));
  const tab = drag('lm-drop', 'application/vnd.lumino.widget-factory', () => null);
  node.dispatchEvent(tab);
  expect([tab.defaultPrevented, dropped]).toEqual([false, []]);
});
