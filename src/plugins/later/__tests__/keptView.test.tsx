/** @jest-environment jsdom */
import type { IRenderMime } from '@jupyterlab/rendermime';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { KeptView } from '../keptView';

const SAID = { name: 'deep <b>', rows: 1234567, columns: 12 };
const WIDGET = 'application/vnd.jupyter.widget-view+json';

class Renderer extends Widget implements IRenderMime.IRenderer {
  constructor(private readonly _text: (model: IRenderMime.IMimeModel) => string) {
    super();
  }
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this.node.textContent = this._text(model);
  }
}

/** A notebook's output, shown where widgets say `widget` (null: there are no widgets). */
async function shown(
  data: Record<string, unknown>,
  widget: string | null,
  trusted = true
): Promise<KeptView> {
  const view = new KeptView(
    {
      createRenderer: type => {
        if (type === WIDGET && widget === null) {
          throw new Error('no such type');
        }
        return new Renderer(model => (type === WIDGET ? widget! : String(model.data[type])));
      }
    },
    nullTranslator.load('tsm')
  );
  const all = { 'application/vnd.pz-tsm.view+json': SAID, [WIDGET]: { model_id: 'x' }, ...data };
  await view.renderModel({ data: all, metadata: {}, trusted, setData: () => undefined } as never);
  return view;
}

it.each([
  ['the kernel is gone', 'Error displaying widget: model not found', true],
  ['there are no widgets', null, true],
  ['the notebook is not trusted', 'the widget', false]
])('says what it was and how to have it again when %s', async (_, widget, trusted) => {
  const text = (await shown({}, widget, trusted)).node.textContent!;
  expect(text).toContain('deep <b>');
  expect(text).toMatch(/1[,  ]?234[,  ]?567 rows, 12 columns/);
  expect(text).toContain('Run the cell');
  expect(text).toContain('not kept in the notebook');
});

it('shows the widget alone while there is one', async () => {
  const { node } = await shown({ 'text/html': 'ROWS' }, 'the widget');
  expect(node.textContent).toBe('the widget');
});

it('shows the rows that were saved because the user asked for them', async () => {
  const { node } = await shown({ 'text/html': 'ROWS' }, 'Error displaying widget: model not found');
  expect(node.textContent).toContain('ROWS');
  expect(node.textContent).not.toContain('not kept');
});
