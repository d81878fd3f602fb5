import type { TranslationBundle } from '@jupyterlab/translation';
import { useEffect, useRef, useState } from 'react';

export interface ICopyProps {
  readonly trans: TranslationBundle;
  readonly label: string;
  readonly text: () => string;
  readonly disabled?: boolean;
}

/** A button that copies a text and says that it did. */
export function Copy({ trans, label, text, disabled = false }: ICopyProps): JSX.Element {
  const [said, setSaid] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    let message = trans.__('Copied');
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      message = copyBySelection(text()) ? message : trans.__('Could not copy');
    }
    setSaid(message);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(null), 1500);
  };
  return (
    <button type="button" className="tsm-Button" disabled={disabled} onClick={() => void copy()}>
      {/* both in one place, so that the button keeps its width */}
      <span className="tsm-Copy">
        <span className={said === null ? '' : 'tsm-mod-away'}>{label}</span>
        <span className="tsm-Copy-said" role="status">
          {said}
        </span>
      </span>
    </button>
  );
}

/** For pages without the clipboard interface: not served over https. */
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const done = document.execCommand?.('copy') ?? false;
  area.remove();
  return done;
}
