/** @jest-environment jsdom */
import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { source } from '../../__tests__/data';
import type { IFigureFile } from '../download';
import { FigureMenu } from '../FigureMenu';
import { checksum, withTexts } from '../png';
import { counted, VIEWS } from './figures';

const trans = nullTranslator.load('tsm');

afterEach(cleanup);

async function shown(from = source()) {
  const saved: IFigureFile[] = [];
  const model = await counted('z_flag >= 3', from);
  render(<FigureMenu model={model} trans={trans} view={VIEWS.nz} save={file => saved.push(file)} />);
  return { saved, button: screen.getByRole('button', { name: 'Keep this figure' }) };
}

const text = (blob: Blob) =>
  new Promise<string>(resolve => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });

describe('the menu of a figure', () => {
  it('is worked by the keyboard alone', async () => {
    const { button } = await shown();
    expect(button.getAttribute('aria-expanded')).toBe('false');
    button.focus();
    fireEvent.keyDown(button, { key: 'ArrowDown' });
    const menu = screen.getByRole('menu', { name: 'Keep this figure' });
    const items = screen.getAllByRole('menuitem');
    expect(items.map(item => item.textContent)).toEqual([
      'Save as PNG',
      'Save as SVG',
      'Save as Vega-Lite',
      'Copy as Python'
    ]);
    expect(document.activeElement).toBe(items[0]);
    for (const [key, index] of [
      ['ArrowDown', 1],
      ['End', 3],
      ['ArrowDown', 0],
      ['ArrowUp', 3],
      ['Home', 0]
    ] as const) {
      fireEvent.keyDown(menu, { key });
      expect(document.activeElement).toBe(items[index]);
    }
    fireEvent.keyDown(menu, { key: 'Escape' });
    expect(screen.queryByRole('menu')).toBeNull();
    expect(document.activeElement).toBe(button);
  });

  it('closes when something else is pressed', async () => {
    const { button } = await shown();
    fireEvent.click(button);
    expect(button.getAttribute('aria-expanded')).toBe('true');
    fireEvent(document.body, new Event('pointerdown', { bubbles: true }));
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('saves the specification under a telling name', async () => {
    const { saved, button } = await shown(source({ access: 'rubin-data-rights' }));
    fireEvent.click(button);
    fireEvent.click(screen.getByRole('menuitem', { name: 'Save as Vega-Lite' }));
    await waitFor(() => expect(saved).toHaveLength(1));
    expect(saved[0].name).toBe('VVDS_Final-nz-z_flag_ge_3.vl.json');
    const spec = JSON.parse(await text(saved[0].blob));
    expect(spec.$schema).toMatch(/vega-lite\/v5\.json$/);
    expect(spec.usermeta).toMatchObject({ access: 'rubin-data-rights', condition: 'z_flag >= 3' });
  });

  it('saves an SVG with its facts inside', async () => {
    const { saved, button } = await shown();
    fireEvent.click(button);
    fireEvent.click(screen.getByRole('menuitem', { name: 'Save as SVG' }));
    await waitFor(() => expect(saved).toHaveLength(1), { timeout: 20000 });
    expect(saved[0].name).toMatch(/\.svg$/);
    const svg = new DOMParser().parseFromString(await text(saved[0].blob), 'image/svg+xml');
    expect(svg.querySelector('parsererror')).toBeNull();
    expect(svg.querySelector('title')!.textContent).toBe('VVDS Final');
    expect(JSON.parse(svg.querySelector('metadata')!.textContent!).access).toBe('public');
  });

  it('copies lines of Python and says so', async () => {
    const written: string[] = [];
    Object.defineProperty(navigator, 'clipboard', {
      configurable: true,
      value: { writeText: async (lines: string) => void written.push(lines) }
    });
    const { button } = await shown();
    fireEvent.click(button);
    await act(async () => {
      fireEvent.click(screen.getByRole('menuitem', { name: 'Copy as Python' }));
    });
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('Copied'));
    expect(written[0]).toContain('expr.mask("z_flag >= 3", table)');
  });

  it('says why there is nothing to keep yet', async () => {
    const model = await counted();
    render(<FigureMenu model={{ ...model, result: null }} trans={trans} view={VIEWS.nz} />);
    fireEvent.click(screen.getByRole('button', { name: 'Keep this figure' }));
    fireEvent.click(screen.getByRole('menuitem', { name: 'Save as PNG' }));
    await waitFor(() => expect(screen.getByRole('status').textContent).toBe('Nothing is counted yet.'));
  });
});

describe('texts in a PNG', () => {
  it('stand after its header, with the checksum of the format', () => {
    // of the PNG specification: the checksum of an empty end chunk
    expect(checksum(new TextEncoder().encode('IEND'))).toBe(0xae426082);
    const plain = new Uint8Array(60).map((_, i) => i);
    const made = withTexts(plain, { 'tsm:access': 'rubin-data-rights', Title: 'Le Fèvre' });
    expect([...made.subarray(0, 33)]).toEqual([...plain.subarray(0, 33)]);
    expect([...made.subarray(-27)]).toEqual([...plain.subarray(33)]);
    const view = new DataView(made.buffer);
    const size = view.getUint32(33);
    const chunk = made.subarray(37, 37 + 4 + size);
    expect(new TextDecoder().decode(chunk)).toBe('iTXttsm:access\0\0\0\0\0rubin-data-rights');
    expect(view.getUint32(37 + 4 + size)).toBe(checksum(chunk));
    expect(new TextDecoder().decode(made)).toContain('Title\0\0\0\0\0Le Fèvre');
  });
});
