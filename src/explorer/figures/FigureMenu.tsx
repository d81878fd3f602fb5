import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { copyText } from '../Copy';
import type { View } from '../views';
import { figureOf, type IFigure, type IFigureModel } from './figure';
import { download } from './download';

import '../../../style/figures.css';

export interface IFigureMenuProps {
  readonly model: IFigureModel;
  readonly trans: TranslationBundle;
  readonly view: View;
  /** Gives a file to the user; the browser's download unless a test says otherwise. */
  readonly save?: typeof download;
}

interface IItem {
  readonly label: string;
  readonly run: (figure: IFigure) => Promise<string | null>;
}

/** The button in a view's title line that keeps the view: as a picture, a specification, or code. */
export function FigureMenu({ model, trans, view, save = download }: IFigureMenuProps): JSX.Element {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<{ top: number; right: number } | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);

  const keep = (format: 'png' | 'svg' | 'vl.json') => async (figure: IFigure) => {
    const { figureFile } = await import('./save');
    save(await figureFile(trans, figure, format));
    return null;
  };
  const items: IItem[] = [
    { label: trans.__('Save as PNG'), run: keep('png') },
    { label: trans.__('Save as SVG'), run: keep('svg') },
    { label: trans.__('Save as Vega-Lite'), run: keep('vl.json') },
    {
      label: trans.__('Copy as Python'),
      run: async figure => {
        const { figurePython } = await import('./python');
        const copied = await copyText(figurePython(figure));
        return copied ? trans.__('Copied') : trans.__('Could not copy');
      }
    }
  ];

  const tell = (text: string | null) => {
    clearTimeout(timer.current);
    setSaid(text);
    if (text !== null) {
      timer.current = setTimeout(() => setSaid(null), 4000);
    }
  };
  const close = (back = true) => {
    setPlace(null);
    if (back) {
      button.current?.focus();
    }
  };
  const choose = async (item: IItem) => {
    close();
    const figure = figureOf(model, view);
    if (figure === null) {
      tell(trans.__('Nothing is counted yet.'));
      return;
    }
    try {
      tell(await item.run(figure));
    } catch (error) {
      tell(trans.__('Not saved: %1', error instanceof Error ? error.message : String(error)));
    }
  };
  const open = () => {
    const box = button.current!.getBoundingClientRect();
    setPlace({ top: box.bottom + 2, right: Math.max(4, window.innerWidth - box.right) });
  };

  return (
    <span className="tsm-Figure">
      <button
        ref={button}
        id={id}
        type="button"
        className="tsm-View-close"
        aria-haspopup="menu"
        aria-expanded={place !== null}
        aria-label={trans.__('Keep this figure')}
        title={trans.__('Keep this figure: PNG, SVG, Vega-Lite, Python')}
        onClick={() => (place === null ? open() : close())}
        onKeyDown={event => {
          if (event.key === 'ArrowDown' && place === null) {
            event.preventDefault();
            open();
          }
        }}
      >
        ⤓
      </button>
      <span className="tsm-Figure-said" role="status">
        {said}
      </span>
      {place !== null &&
        createPortal(
          <Menu
            labelledBy={id}
            items={items}
            place={place}
            onChoose={item => void choose(item)}
            onClose={close}
          />,
          document.body
        )}
    </span>
  );
}

interface IMenuProps {
  readonly labelledBy: string;
  readonly items: readonly IItem[];
  readonly place: { readonly top: number; readonly right: number };
  readonly onChoose: (item: IItem) => void;
  readonly onClose: (back?: boolean) => void;
}

function Menu({ labelledBy, items, place, onChoose, onClose }: IMenuProps): JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const closing = useRef(onClose);
  closing.current = onClose;
  const entries = () => [...menu.current!.querySelectorAll<HTMLElement>('[role=menuitem]')];
  useEffect(() => {
    entries()[0]?.focus();
    const away = (event: PointerEvent) => {
      const target = event.target as HTMLElement;
      if (!menu.current?.contains(target) && target.closest('button')?.id !== labelledBy) {
        closing.current(false);
      }
    };
    const leave = () => closing.current(false);
    document.addEventListener('pointerdown', away, true);
    document.addEventListener('scroll', leave, true);
    return () => {
      document.removeEventListener('pointerdown', away, true);
      document.removeEventListener('scroll', leave, true);
    };
  }, [labelledBy]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    const all = entries();
    const now = all.indexOf(document.activeElement as HTMLElement);
    const to: { [key: string]: number } = {
      ArrowDown: (now + 1) % all.length,
      ArrowUp: (now + all.length - 1) % all.length,
      Home: 0,
      End: all.length - 1
    };
    event.stopPropagation();
    if (event.key in to) {
      event.preventDefault();
      all[to[event.key]].focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      onClose();
    }
  };
  return (
    <div
      ref={menu}
      role="menu"
      aria-labelledby={labelledBy}
      className="tsm-Menu"
      style={{ top: place.top, right: place.right }}
      onKeyDown={onKeyDown}
    >
      {items.map(item => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className="tsm-Menu-item"
          onClick={() => onChoose(item)}
        >
          {item.label}
        </button>
      ))}
    </div>
  );
}
