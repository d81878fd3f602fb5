import { useEffect, useState, type RefObject } from 'react';

/** Colours and type of the page, for what is drawn on a canvas. */
export interface ITheme {
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly ground: string;
  readonly faint: string;
  readonly accent: string;
  readonly font: string;
  readonly fontSize: number;
  readonly dark: boolean;
}

const FALLBACK: ITheme = {
  ink: '#212121',
  muted: '#616161',
  line: '#bdbdbd',
  ground: '#ffffff',
  faint: '#e0e0e0',
  accent: '#1976d2',
  font: 'sans-serif',
  fontSize: 11,
  dark: false
};

function readTheme(node: HTMLElement): ITheme {
  const style = getComputedStyle(node);
  const read = (name: string, other: string) => style.getPropertyValue(name).trim() || other;
  const ground = read('--jp-layout-color1', FALLBACK.ground);
  return {
    ink: read('--jp-ui-font-color1', FALLBACK.ink),
    muted: read('--jp-ui-font-color2', FALLBACK.muted),
    line: read('--jp-border-color1', FALLBACK.line),
    ground,
    faint: read('--jp-layout-color3', FALLBACK.faint),
    accent: read('--jp-brand-color1', FALLBACK.accent),
    font: read('--jp-ui-font-family', FALLBACK.font),
    fontSize: FALLBACK.fontSize,
    dark: isDark(ground)
  };
}

/** Whether a colour, as computed by the browser, is nearer to black than to white. */
export function isDark(colour: string): boolean {
  let channels: number[];
  const hex = /^#([0-9a-f]{3,8})$/i.exec(colour)?.[1];
  if (hex !== undefined) {
    const size = hex.length < 6 ? 1 : 2;
    channels = [0, 1, 2].map(i => parseInt(hex.slice(i * size, (i + 1) * size).repeat(3 - size), 16));
  } else {
    channels = (colour.match(/[\d.]+/g) ?? ['255', '255', '255']).slice(0, 3).map(Number);
    if (colour === 'black') {
      channels = [0, 0, 0];
    }
  }
  return 0.299 * channels[0] + 0.587 * channels[1] + 0.114 * channels[2] < 128;
}

/** The theme at an element; follows JupyterLab's change of theme. */
export function useTheme(ref: RefObject<HTMLElement>): ITheme {
  const [theme, setTheme] = useState<ITheme>(FALLBACK);
  useEffect(() => {
    const update = () => {
      if (ref.current !== null) {
        const next = readTheme(ref.current);
        setTheme(old => (JSON.stringify(old) === JSON.stringify(next) ? old : next));
      }
    };
    update();
    // JupyterLab says the theme on the body, and loads its style sheet about then
    const body = new MutationObserver(() => {
      update();
      requestAnimationFrame(update);
    });
    body.observe(document.body, {
      attributes: true,
      attributeFilter: ['data-jp-theme-name', 'data-jp-theme-light', 'class']
    });
    const head = new MutationObserver(() => requestAnimationFrame(update));
    head.observe(document.head, { childList: true });
    const sheets = (event: Event) => {
      if (event.target instanceof HTMLLinkElement) {
        update();
      }
    };
    document.addEventListener('load', sheets, true);
    return () => {
      body.disconnect();
      head.disconnect();
      document.removeEventListener('load', sheets, true);
    };
  }, [ref]);
  return theme;
}
